--- bad
ALTER TABLE orders RENAME TO purchases;
--- good
ALTER TABLE orders RENAME TO purchases;
CREATE VIEW public.orders AS SELECT * FROM purchases;
--- good
CREATE TABLE orders (id int);
ALTER TABLE orders RENAME TO purchases;
--- bad
ALTER VIEW totals RENAME TO sums;
--- bad
ALTER MATERIALIZED VIEW totals RENAME TO sums;
--- good
CREATE VIEW totals AS SELECT 1;
ALTER VIEW totals RENAME TO sums;
--- history
CREATE TABLE orders (id int);
CREATE INDEX orders_id ON orders (id);
--- bad
ALTER INDEX orders RENAME TO sales;
--- good
ALTER INDEX orders_id RENAME TO orders_by_id;
--- history
CREATE TABLE t (a int);
CREATE INDEX t_a ON t (a);
--- good
ALTER TABLE t_a RENAME TO t_by_a;
--- bad
ALTER TABLE t RENAME TO u;
