--- bad
ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;
--- good
CREATE TABLE orders (note text NOT NULL);
ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;
--- history
CREATE TABLE orders (note text);
--- good
ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;
