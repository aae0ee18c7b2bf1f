--- bad
ALTER TABLE orders DROP CONSTRAINT orders_positive;
--- good
ALTER TABLE orders VALIDATE CONSTRAINT there;
ALTER TABLE orders ALTER COLUMN a SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT there;
--- good
CREATE TABLE orders (id int CONSTRAINT positive CHECK (id > 0));
ALTER TABLE orders DROP CONSTRAINT positive;
--- bad
ALTER DOMAIN positive DROP CONSTRAINT above_zero;
--- bad
ALTER DOMAIN positive DROP CONSTRAINT IF EXISTS above_zero CASCADE;
--- good
ALTER DOMAIN positive DROP CONSTRAINT above_zero;
ALTER DOMAIN positive ADD CONSTRAINT above_zero CHECK (VALUE >= 0);
--- good
ALTER DOMAIN positive ADD CONSTRAINT below_ten CHECK (VALUE < 10) NOT VALID;
ALTER DOMAIN positive DROP CONSTRAINT below_ten;
--- good
CREATE DOMAIN small AS int CONSTRAINT few CHECK (VALUE < 10);
ALTER DOMAIN small DROP CONSTRAINT few;
DROP DOMAIN small;
--- good
ALTER DOMAIN positive DROP CONSTRAINT above_zero;
DROP DOMAIN positive;
--- history
CREATE DOMAIN used AS int CONSTRAINT few CHECK (VALUE < 10);
CREATE DOMAIN unused AS int CONSTRAINT few CHECK (VALUE < 10);
CREATE TABLE lines (a used);
--- bad
ALTER DOMAIN used DROP CONSTRAINT few;
--- good
ALTER DOMAIN unused DROP CONSTRAINT few;
