--- bad
BEGIN;
ALTER TABLE orders ADD COLUMN a int;
UPDATE orders SET a = 1;
COMMIT;
--- bad in-transaction
ALTER TABLE orders ADD COLUMN a int;
DELETE FROM notes WHERE a IS NULL;
--- bad
BEGIN;
UPDATE orders SET a = 1;
ALTER TABLE orders ALTER COLUMN a SET NOT NULL;
COMMIT;
--- bad
DO $$ BEGIN ALTER TABLE orders ADD COLUMN a int; UPDATE orders SET a = 1; END $$;
--- good
ALTER TABLE orders ADD COLUMN a int;
UPDATE orders SET a = 1;
--- good
BEGIN;
ALTER TABLE orders ADD COLUMN a int;
COMMIT;
UPDATE orders SET a = 1;
--- good
BEGIN;
ALTER TABLE orders ADD COLUMN a int;
INSERT INTO versions VALUES ('1');
COMMIT;
