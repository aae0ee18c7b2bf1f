--- bad
ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;
--- bad
ALTER TABLE users DROP CONSTRAINT "FK_a3ffb1c0c8416b9fc6f907b7433";
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
--- history
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int, customer int CONSTRAINT who REFERENCES customers);
CREATE TABLE owned (customer int REFERENCES customers);
ALTER TABLE orders RENAME TO sales;
ALTER TABLE customers RENAME TO people;
ALTER TABLE owned SET SCHEMA app;
--- bad
DROP TABLE sales;
--- bad
ALTER TABLE sales DROP CONSTRAINT who;
--- bad
DROP TABLE app.owned;
--- bad
ALTER TABLE parcels DROP CONSTRAINT fk_parcels_customer;
--- good
ALTER TABLE parcels DROP CONSTRAINT weight_is_positive;
--- history
CREATE TABLE x (id int PRIMARY KEY);
CREATE TABLE f (id int, pid int REFERENCES x) PARTITION BY RANGE (id);
CREATE TABLE f1 PARTITION OF f FOR VALUES FROM (0) TO (10);
CREATE TABLE f2 (id int, pid int REFERENCES x);
CREATE TABLE f3 (id int, pid int);
CREATE TABLE f4 PARTITION OF f FOR VALUES FROM (40) TO (50);
ALTER TABLE f4 ADD CONSTRAINT own FOREIGN KEY (pid) REFERENCES x;
--- good
DROP TABLE f1;
--- bad
DROP TABLE f;
--- bad
DROP TABLE f4;
--- bad
ALTER TABLE f DETACH PARTITION f1 CONCURRENTLY;
DROP TABLE f1;
--- good
ALTER TABLE f DETACH PARTITION f1;
--- bad
ALTER TABLE f ATTACH PARTITION f2 FOR VALUES FROM (20) TO (30);
--- good
ALTER TABLE f ATTACH PARTITION f3 FOR VALUES FROM (20) TO (30);
