--- bad
CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (a);
--- bad
CREATE TABLE orders (id bigint);
CREATE TABLE IF NOT EXISTS public.orders (id bigint, a int);
--- good
DROP INDEX CONCURRENTLY IF EXISTS i;
CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (a);
--- good
CREATE INDEX CONCURRENTLY i ON orders (a);
--- good
CREATE TABLE IF NOT EXISTS orders (id bigint);
--- history
CREATE TABLE orders (id bigint PRIMARY KEY, a int);
--- bad
CREATE TABLE IF NOT EXISTS orders (id bigint PRIMARY KEY);
--- good
CREATE TABLE IF NOT EXISTS app.orders (id bigint PRIMARY KEY);
--- history
CREATE TABLE there (a int);
CREATE INDEX there_a ON there (a);
--- good
CREATE INDEX CONCURRENTLY IF NOT EXISTS there_a ON there (a);
