--- bad
ALTER TABLE orders DROP COLUMN IF EXISTS note CASCADE;
--- good
CREATE TABLE orders (id int, note text);
ALTER TABLE orders DROP COLUMN note;
