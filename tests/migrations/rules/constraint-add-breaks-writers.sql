--- bad
ALTER TABLE orders ADD COLUMN region text;
ALTER TABLE orders ADD CONSTRAINT region_there CHECK (region IS NOT NULL) NOT VALID;
--- bad
ALTER TABLE orders ADD COLUMN region text;
ALTER TABLE orders ALTER COLUMN region SET NOT NULL;
--- good
ALTER TABLE orders ADD COLUMN region text;
ALTER TABLE orders ALTER COLUMN region SET DEFAULT 'eu';
ALTER TABLE orders ADD CONSTRAINT region_there CHECK (region IS NOT NULL) NOT VALID;
--- good
ALTER TABLE orders ADD CONSTRAINT region_there CHECK (region IS NOT NULL) NOT VALID;
--- bad
ALTER TABLE orders ADD COLUMN region text, ADD CONSTRAINT r CHECK (region IS NOT NULL) NOT VALID;
--- good
ALTER TABLE orders ADD COLUMN region text DEFAULT 'x', ADD CONSTRAINT r CHECK (region IS NOT NULL) NOT VALID;
--- good
ALTER TABLE orders ADD COLUMN a int, ALTER a SET DEFAULT 1, ALTER a SET NOT NULL;
