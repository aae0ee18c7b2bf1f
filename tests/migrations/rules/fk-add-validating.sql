--- bad
ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id);
--- bad
ALTER TABLE IF EXISTS ONLY app."Orders" ADD FOREIGN KEY (a, b) REFERENCES app.pairs (a, b) ON DELETE CASCADE;
--- bad
ALTER TABLE orders ADD COLUMN shop_id bigint DEFAULT 1 REFERENCES shops (id);
--- bad
DO $$ BEGIN ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers; END $$;
--- good
ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_fk;
--- good
ALTER TABLE orders ADD COLUMN shop_id bigint REFERENCES shops (id);
--- good
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
ALTER TABLE public."orders" ADD FOREIGN KEY (customer_id) REFERENCES customers (id);
--- bad
BEGIN;
ALTER TABLE orders ADD CONSTRAINT customer FOREIGN KEY (c) REFERENCES customers (id) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT customer;
COMMIT;
--- good
ALTER TABLE orders ADD CONSTRAINT customer FOREIGN KEY (c) REFERENCES customers (id) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT customer;
--- bad
BEGIN;
CREATE TABLE copies AS SELECT * FROM orders;
ALTER TABLE copies ADD FOREIGN KEY (c) REFERENCES customers (id);
COMMIT;
--- good
BEGIN;
CREATE TABLE people AS SELECT * FROM customers;
CREATE TABLE copies AS SELECT * FROM orders;
ALTER TABLE copies ADD FOREIGN KEY (c) REFERENCES people (id);
COMMIT;
--- bad server=18
ALTER TABLE stays ADD FOREIGN KEY (room, PERIOD during) REFERENCES rooms (room, PERIOD during);
--- good server=18
ALTER TABLE stays ADD FOREIGN KEY (room) REFERENCES rooms (room) NOT ENFORCED;
--- bad
ALTER TABLE orders ADD COLUMN shop_id bigint DEFAULT NULL REFERENCES shops (id);
--- bad
ALTER TABLE orders ADD COLUMN shop_id serial REFERENCES shops (id);
--- history
CREATE TABLE r (id int PRIMARY KEY);
CREATE TABLE p (d int, x int) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
ALTER TABLE p1 ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES r NOT VALID;
--- bad
ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES r;
--- good
ALTER TABLE p1 VALIDATE CONSTRAINT f;
ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES r;
--- bad
ALTER TABLE p1 VALIDATE CONSTRAINT f;
ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES r ON DELETE CASCADE;
