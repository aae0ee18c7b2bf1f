--- bad
ALTER TABLE orders DROP CONSTRAINT orders_pkey;
--- good
ALTER TABLE orders REPLICA IDENTITY FULL;
ALTER TABLE orders DROP CONSTRAINT orders_pkey;
--- bad
ALTER TABLE users DROP CONSTRAINT pk_users;
--- bad
ALTER TABLE users DROP CONSTRAINT users_pk;
--- bad
ALTER TABLE users DROP CONSTRAINT "PK_a3ffb1c0c8416b9fc6f907b7433";
--- good
ALTER TABLE users DROP CONSTRAINT users_email_key;
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
