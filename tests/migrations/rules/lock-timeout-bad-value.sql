--- bad
SET lock_timeout = 0;
ALTER TABLE orders ADD COLUMN a int;
--- bad
SET lock_timeout = '10min';
--- bad
ALTER TABLE orders ADD COLUMN a int;
SET lock_timeout = '1s';
--- good
SET lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN a int;
SET lock_timeout = '0ms';
ALTER TABLE orders VALIDATE CONSTRAINT c;
--- good
SET lock_timeout = '5s';
SET statement_timeout = '5min';
--- good
CREATE SEQUENCE more;
DROP SEQUENCE more;
SET lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN a int;
--- bad
DROP SEQUENCE numbers;
SET lock_timeout = '2s';
