--- bad
ALTER TABLE orders ADD CONSTRAINT orders_code UNIQUE USING INDEX orders_code;
DROP INDEX orders_code;
--- history
CREATE TABLE orders (id bigint PRIMARY KEY, code text);
CREATE UNIQUE INDEX orders_code ON orders (code);
CREATE INDEX orders_code_plain ON orders (code);
--- bad
DROP INDEX CONCURRENTLY IF EXISTS public.orders_pkey;
--- good
DROP INDEX orders_code;
--- good
ALTER TABLE orders DROP CONSTRAINT orders_pkey;
--- history
CREATE TABLE orders (id int, CONSTRAINT orders_key UNIQUE (id));
ALTER TABLE orders RENAME CONSTRAINT orders_key TO orders_id;
--- bad
DROP INDEX CONCURRENTLY orders_id;
--- history
CREATE TABLE b (r int, s int, EXCLUDE USING btree (r WITH =));
--- bad
DROP INDEX b_r_excl;
