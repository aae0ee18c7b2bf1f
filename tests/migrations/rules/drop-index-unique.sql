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
--- history
CREATE TABLE orders (id int);
CREATE UNIQUE INDEX orders_id ON orders (id);
ALTER INDEX orders_id RENAME TO orders_number;
--- bad
DROP INDEX CONCURRENTLY orders_number;
--- good
DROP INDEX CONCURRENTLY orders_id;
--- history
CREATE TABLE orders (id int);
CREATE UNIQUE INDEX orders_id ON orders (id);
ALTER TABLE orders SET SCHEMA app;
--- bad
DROP INDEX CONCURRENTLY app.orders_id;
