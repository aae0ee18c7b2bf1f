--- bad
SET lock_timeout = '1s';
ALTER TABLE orders ADD COLUMN a int;
--- bad
CLUSTER orders USING i;
--- good
SET statement_timeout = '30s';
ALTER TABLE orders ADD COLUMN a int;
--- good
CREATE INDEX CONCURRENTLY i ON orders (a);
--- bad
CREATE SEQUENCE more;
DROP SEQUENCE more;
ALTER TABLE orders ADD COLUMN a int;
