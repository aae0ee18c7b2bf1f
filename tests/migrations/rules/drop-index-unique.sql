--- history
CREATE TABLE orders (id bigint PRIMARY KEY, code text);
CREATE UNIQUE INDEX orders_code ON orders (code);
CREATE INDEX orders_code_plain ON orders (code);
--- bad
DROP INDEX CONCURRENTLY orders_code;
--- bad
DROP INDEX IF EXISTS orders_code_plain, public.orders_code;
--- good
DROP INDEX CONCURRENTLY orders_code_plain;
--- good
CREATE UNIQUE INDEX CONCURRENTLY orders_code_new ON orders (code);
DROP INDEX CONCURRENTLY orders_code;
