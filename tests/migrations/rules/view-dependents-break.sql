--- history
CREATE TABLE orders (id int, total int, note text);
CREATE VIEW totals AS SELECT id, total FROM orders;
--- bad
ALTER TABLE orders ALTER COLUMN total TYPE bigint;
--- bad
ALTER TABLE orders DROP COLUMN total;
--- good
ALTER TABLE orders DROP COLUMN note;
--- good
DROP VIEW totals;
ALTER TABLE orders ALTER COLUMN total TYPE bigint;
--- history
CREATE TABLE orders (id int, total int, note text);
CREATE MATERIALIZED VIEW sums AS SELECT sum(total) FROM orders;
CREATE VIEW whole AS SELECT * FROM app.orders;
--- good
ALTER TABLE orders DROP COLUMN note;
--- bad
ALTER TABLE app.orders DROP COLUMN note;
--- history
CREATE TABLE lines (id int, note text, price int);
CREATE MATERIALIZED VIEW prices AS SELECT price FROM lines;
--- bad
ALTER TABLE lines DROP COLUMN price;
--- bad
ALTER TABLE lines ALTER COLUMN price TYPE bigint;
--- good
ALTER TABLE lines DROP COLUMN note;
--- history
CREATE TABLE orders (id int, total int, note text);
CREATE VIEW totals AS SELECT total FROM orders;
ALTER TABLE orders RENAME TO sales;
ALTER TABLE sales RENAME COLUMN total TO amount;
ALTER VIEW totals RENAME TO amounts;
--- bad
ALTER TABLE sales DROP COLUMN amount;
--- good
ALTER TABLE sales DROP COLUMN note;
--- good
DROP VIEW amounts;
ALTER TABLE sales DROP COLUMN amount;
--- bad
CREATE TABLE q (a int);
CREATE VIEW v AS SELECT a FROM q;
ALTER TABLE q DROP COLUMN a;
