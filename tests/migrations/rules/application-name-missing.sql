--- bad
ALTER TABLE orders ADD COLUMN a int;
--- good
SET application_name = 'migration';
ALTER TABLE orders ADD COLUMN a int;
