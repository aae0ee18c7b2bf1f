--- bad
ALTER TABLE lines ADD CONSTRAINT lines_order FOREIGN KEY (order_id) REFERENCES orders (id) NOT VALID;
--- bad
CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id));
--- bad
CREATE TABLE lines (order_id bigint REFERENCES orders (id));
CREATE INDEX ON lines (order_id) WHERE order_id > 5;
--- good
CREATE TABLE public.lines (order_id bigint REFERENCES orders (id));
CREATE INDEX ON lines (order_id, id);
--- good
CREATE TABLE lines (order_id bigint PRIMARY KEY REFERENCES orders (id));
--- history
CREATE TABLE lines (a bigint, b bigint);
CREATE INDEX lines_ba ON lines (b, a);
--- good
ALTER TABLE lines ADD CONSTRAINT c FOREIGN KEY (a, b) REFERENCES orders (a, b) NOT VALID;
--- history
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, customer int);
CREATE INDEX orders_customer ON orders (customer);
CREATE TABLE copied (LIKE orders INCLUDING ALL);
CREATE TABLE bare (LIKE orders);
--- good
ALTER TABLE copied ADD CONSTRAINT who FOREIGN KEY (customer) REFERENCES customers NOT VALID;
--- bad
ALTER TABLE bare ADD CONSTRAINT who FOREIGN KEY (customer) REFERENCES customers NOT VALID;
