--- bad
ALTER TABLE orders ALTER COLUMN note DROP DEFAULT;
--- good
ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';
--- history
CREATE TABLE orders (note text);
--- good
ALTER TABLE orders ALTER COLUMN note DROP DEFAULT;
