--- bad
ALTER TABLE orders RENAME TO purchases;
--- good
ALTER TABLE orders RENAME TO purchases;
CREATE VIEW public.orders AS SELECT * FROM purchases;
--- good
CREATE TABLE orders (id int);
ALTER TABLE orders RENAME TO purchases;
