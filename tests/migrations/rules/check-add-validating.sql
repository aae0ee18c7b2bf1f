--- bad
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0);
--- bad
ALTER TABLE orders ADD COLUMN discount int CHECK (discount > 0);
--- bad
ALTER TABLE orders ADD CHECK (total > 0), ADD COLUMN note text;
--- bad
CREATE TABLE orders (id int);
INSERT INTO orders VALUES (1);
ALTER TABLE orders ADD CHECK (id > 0);
--- good
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;
--- good
CREATE TABLE orders (id int);
ALTER TABLE orders ADD CHECK (id > 0);
--- good
ALTER TABLE orders ADD COLUMN IF NOT EXISTS note text;
--- bad in-transaction
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT positive;
--- good
ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT positive;
--- good in-transaction
ALTER TABLE orders ADD CONSTRAINT customer FOREIGN KEY (c) REFERENCES customers (id) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT customer;
--- good
BEGIN;
CREATE TABLE copies AS SELECT * FROM orders;
ALTER TABLE copies ADD CHECK (total > 0);
COMMIT;
--- bad
CREATE TABLE copies AS SELECT * FROM orders;
ALTER TABLE copies ADD CHECK (total > 0);
--- good
ALTER TABLE orders ADD COLUMN g int, ADD CONSTRAINT there CHECK (g IS NOT NULL);
--- history
CREATE TABLE orders (id int, discount int);
--- good
ALTER TABLE orders ADD COLUMN IF NOT EXISTS discount int CHECK (discount > 0);
--- history
CREATE TABLE old (id bigint NOT NULL, day int NOT NULL, note text);
--- bad
CREATE TABLE above (LIKE old);
ALTER TABLE old INHERIT above;
ALTER TABLE above ADD CHECK (id > 0);
--- good
CREATE TABLE above (LIKE old);
ALTER TABLE old INHERIT above;
ALTER TABLE ONLY above ADD CHECK (id > 0) NO INHERIT;
