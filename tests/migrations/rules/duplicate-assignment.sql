--- bad
UPDATE orders SET a = 1, b = 2, a = 3;
--- bad
UPDATE orders SET (a, b) = (1, 2), a = 3;
--- bad
INSERT INTO orders (a, A) VALUES (1, 2);
--- bad
INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1, a = 2;
--- bad
CREATE TABLE orders (a int, a text);
--- bad
CREATE VIEW sums (a, a) AS SELECT 1, 2;
--- bad
CREATE TABLE sums AS SELECT 1 AS a, 2 AS a;
--- bad
MERGE INTO orders USING notes ON orders.id = notes.id WHEN MATCHED THEN UPDATE SET a = 1, a = 2;
--- good
UPDATE orders SET a.x = 1, a.y = 2, b[1] = 1, b[2] = 2, "A" = 1, a2 = 1;
--- good
INSERT INTO orders (a, b) VALUES (1, 1);
--- good
CREATE VIEW sums (a, b) AS SELECT 1 AS a, 2 AS a;
--- good
SELECT 1 AS a, 2 AS a;
--- bad
COPY orders (a, a) FROM STDIN;
--- bad
ALTER TABLE orders ADD COLUMN a int, ADD COLUMN a text;
--- bad
CREATE TABLE orders (a int, PRIMARY KEY (a, a));
--- bad
CREATE FOREIGN TABLE orders (a int, a text) SERVER far;
--- bad
CREATE MATERIALIZED VIEW sums AS SELECT a, b AS a FROM orders;
--- good
CREATE INDEX twice ON orders (a, a);
