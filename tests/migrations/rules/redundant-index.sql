--- history
CREATE TABLE orders (id bigint PRIMARY KEY, a int, b int);
CREATE INDEX orders_ab ON orders (a, b);
--- bad
CREATE INDEX CONCURRENTLY orders_a ON orders (a);
--- bad
CREATE INDEX CONCURRENTLY orders_id ON orders (id);
--- good
CREATE UNIQUE INDEX CONCURRENTLY orders_a ON orders (a);
--- good
CREATE INDEX CONCURRENTLY orders_b ON orders (b);
--- good
CREATE INDEX CONCURRENTLY orders_a ON orders (a) WHERE b > 5;
--- good
CREATE INDEX CONCURRENTLY orders_a ON orders USING hash (a);
--- good
CREATE INDEX CONCURRENTLY orders_a ON orders ((a + 1));
--- history
CREATE TABLE b (r int, s int, EXCLUDE USING gist (r WITH =));
--- good
CREATE INDEX CONCURRENTLY b_r ON b (r);
