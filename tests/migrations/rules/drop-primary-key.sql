--- bad
ALTER TABLE orders DROP CONSTRAINT orders_pkey;
--- good
ALTER TABLE orders REPLICA IDENTITY FULL;
ALTER TABLE orders DROP CONSTRAINT orders_pkey;
--- history
CREATE TABLE orders (id int CONSTRAINT orders_id PRIMARY KEY, b int UNIQUE);
--- bad
ALTER TABLE orders DROP CONSTRAINT orders_id CASCADE;
--- good
ALTER TABLE orders DROP CONSTRAINT orders_b_key;
--- history
CREATE TABLE orders (id int, CONSTRAINT orders_key PRIMARY KEY (id));
ALTER INDEX orders_key RENAME TO orders_id;
--- bad
ALTER TABLE orders DROP CONSTRAINT orders_id;
