--- bad
BEGIN;
SELECT 1;
COMMIT;
COMMIT;
--- bad
BEGIN;
BEGIN;
COMMIT;
--- bad in-transaction
BEGIN;
--- bad in-transaction
SELECT 1;
COMMIT;
--- bad in-transaction
ROLLBACK AND CHAIN;
--- bad
BEGIN;
DO $$ BEGIN COMMIT; END $$;
COMMIT;
--- good
BEGIN;
SELECT 1;
COMMIT;
BEGIN;
SELECT 2;
COMMIT;
--- good in-transaction
SAVEPOINT a;
SELECT 1;
ROLLBACK TO a;
RELEASE a;
--- good
DO $$ BEGIN UPDATE orders SET a = 1 WHERE id = 1; COMMIT; END $$;
