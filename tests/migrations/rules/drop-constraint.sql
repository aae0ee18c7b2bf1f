--- bad
ALTER TABLE orders DROP CONSTRAINT orders_positive;
--- good
ALTER TABLE orders VALIDATE CONSTRAINT there;
ALTER TABLE orders ALTER COLUMN a SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT there;
--- good
CREATE TABLE orders (id int CONSTRAINT positive CHECK (id > 0));
ALTER TABLE orders DROP CONSTRAINT positive;
