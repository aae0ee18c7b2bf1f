--- bad
CREATE TABLE a (id int PRIMARY KEY);
--- bad
CREATE TABLE a (b int, c smallint, PRIMARY KEY (b, c));
--- bad
ALTER TABLE a ADD COLUMN id int, ADD CONSTRAINT a_pk PRIMARY KEY (id);
--- good
CREATE TABLE a (id bigint PRIMARY KEY, b int UNIQUE);
--- good
CREATE TABLE a (id uuid PRIMARY KEY);
--- history
CREATE TABLE orders (id int NOT NULL, number bigint NOT NULL);
CREATE UNIQUE INDEX orders_id ON orders (id);
CREATE UNIQUE INDEX orders_number ON orders (number);
--- bad
ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_id;
--- good
ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_number;
