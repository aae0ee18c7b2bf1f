--- bad
ALTER TABLE orders SET UNLOGGED;
--- bad
ALTER TABLE orders SET LOGGED;
--- good
CREATE TABLE orders (id int);
ALTER TABLE orders SET UNLOGGED;
--- history
CREATE UNLOGGED TABLE orders (id int);
--- good
ALTER TABLE orders SET UNLOGGED;
