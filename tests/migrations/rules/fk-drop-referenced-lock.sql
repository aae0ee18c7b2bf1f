--- bad
ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;
--- history
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int, customer_id int CONSTRAINT who REFERENCES customers);
--- bad
ALTER TABLE orders DROP CONSTRAINT who;
--- bad
ALTER TABLE orders DROP COLUMN customer_id;
--- bad
DROP TABLE orders;
--- good
DROP TABLE customers CASCADE;
--- good
ALTER TABLE orders DROP COLUMN id;
