--- bad
CREATE INDEX CONCURRENTLY i ON orders (a);
ALTER TABLE orders ADD COLUMN b int;
--- good
DROP INDEX CONCURRENTLY IF EXISTS i;
CREATE INDEX CONCURRENTLY i ON orders (a);
--- good
SET lock_timeout = '2s';
CREATE INDEX CONCURRENTLY i ON orders (a);
