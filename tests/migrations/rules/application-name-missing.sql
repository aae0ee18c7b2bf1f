--- bad
ALTER TABLE orders ADD COLUMN a int;
--- good
SET application_name = 'migration';
ALTER TABLE orders ADD COLUMN a int;
--- bad
CREATE SEQUENCE more;
DROP SEQUENCE more;
ALTER TABLE orders ADD COLUMN a int;
