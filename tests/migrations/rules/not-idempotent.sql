--- bad
CREATE TABLE orders (id bigint);
--- bad
DROP INDEX CONCURRENTLY i;
--- bad
ALTER TABLE orders ADD COLUMN IF NOT EXISTS a int, ADD COLUMN b int;
--- bad
ALTER TABLE orders DROP CONSTRAINT c;
--- bad
CREATE TYPE mood AS ENUM ('good');
--- bad
CREATE POLICY p ON orders USING (true);
--- good
CREATE TABLE IF NOT EXISTS orders (id bigint);
--- good
BEGIN;
CREATE TABLE orders (id bigint);
COMMIT;
--- good in-transaction
ALTER TABLE orders ADD COLUMN a int;
--- good
ALTER TABLE orders DROP CONSTRAINT IF EXISTS c;
ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0) NOT VALID;
--- good
CREATE INDEX CONCURRENTLY i ON orders (a);
--- good
CREATE TEMP TABLE scratch (a int) ON COMMIT DROP;
--- good
DROP TYPE IF EXISTS mood;
CREATE TYPE mood AS ENUM ('good');
--- bad
CREATE MATERIALIZED VIEW sums AS SELECT 1;
--- bad
CREATE TABLE copied AS SELECT 1;
--- good
CREATE TEMP TABLE copied AS SELECT 1;
--- good
ALTER TABLE orders DROP CONSTRAINT IF EXISTS ok, ADD CONSTRAINT ok CHECK (a > 0) NOT VALID;
