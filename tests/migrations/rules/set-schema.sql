--- bad
ALTER TABLE orders SET SCHEMA archive;
--- bad
ALTER VIEW recent SET SCHEMA archive;
--- good
CREATE TABLE orders (id int);
ALTER TABLE orders SET SCHEMA archive;
