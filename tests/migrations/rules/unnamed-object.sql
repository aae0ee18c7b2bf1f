--- bad
ALTER TABLE orders ADD CHECK (a >= 0);
--- bad
CREATE INDEX ON orders (a);
--- good
ALTER TABLE orders ADD CONSTRAINT orders_a CHECK (a >= 0);
--- good
ALTER TABLE orders ADD COLUMN a int;
