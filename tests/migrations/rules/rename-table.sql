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
