--- bad
ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;
--- good
CREATE TABLE orders (note text NOT NULL);
ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;
--- history
CREATE TABLE orders (note text);
--- good
ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;
--- good
ALTER TABLE parcels ADD COLUMN code int NOT NULL DEFAULT 1;
ALTER TABLE parcels ALTER COLUMN code DROP NOT NULL;
