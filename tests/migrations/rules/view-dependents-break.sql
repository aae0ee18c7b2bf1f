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
