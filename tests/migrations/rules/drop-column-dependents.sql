--- history
CREATE TABLE orders (id int PRIMARY KEY, email text UNIQUE, note text, shop int, CHECK (shop > 0));
CREATE INDEX orders_note ON orders (lower(note));
--- bad
ALTER TABLE orders DROP COLUMN id;
--- bad
ALTER TABLE orders DROP COLUMN email;
--- bad
ALTER TABLE orders DROP COLUMN note;
--- bad
ALTER TABLE orders DROP COLUMN shop;
--- good
DROP INDEX orders_note;
ALTER TABLE orders DROP COLUMN note;
--- history
CREATE TABLE lines (id int, note text, price int);
CREATE INDEX lines_id ON lines (id) INCLUDE (price);
--- bad
ALTER TABLE lines DROP COLUMN price;
--- good
ALTER TABLE lines DROP COLUMN note;
--- history
CREATE TABLE orders (id int, total int, note text);
CREATE INDEX orders_note ON orders (note) WHERE total > 0;
ALTER TABLE orders RENAME COLUMN total TO amount;
ALTER TABLE orders ADD CHECK (id > 0);
ALTER TABLE orders DROP COLUMN id;
ALTER TABLE orders ADD COLUMN id int;
--- bad
ALTER TABLE orders DROP COLUMN amount;
--- good
ALTER TABLE orders DROP COLUMN id;
--- history
CREATE TABLE b (r int, s int, t int, EXCLUDE USING btree ((s + 1) WITH =, r WITH =) WHERE (t > 0));
--- bad
ALTER TABLE b DROP COLUMN r;
--- bad
ALTER TABLE b DROP COLUMN s;
--- bad
ALTER TABLE b DROP COLUMN t;
