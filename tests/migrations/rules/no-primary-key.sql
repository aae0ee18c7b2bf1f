--- good
CREATE FOREIGN TABLE remote (id int) SERVER elsewhere;
--- bad
CREATE TABLE orders (id bigint);
--- bad
CREATE TABLE orders (id bigint);
ALTER TABLE orders ADD PRIMARY KEY (id);
ALTER TABLE orders DROP CONSTRAINT orders_pkey;
--- good
CREATE TABLE orders (id bigint PRIMARY KEY);
--- good
CREATE TABLE orders (id bigint);
ALTER TABLE orders ADD PRIMARY KEY (id);
--- good
CREATE TEMP TABLE scratch (a int);
--- good
CREATE TABLE p PARTITION OF events FOR VALUES IN ('a');
