--- bad
BEGIN;
ALTER TABLE orders ADD COLUMN a int;
COMMIT;
--- good
ALTER TABLE orders ADD COLUMN a int;
--- good
BEGIN;
SET LOCAL idle_in_transaction_session_timeout = '30s';
ALTER TABLE orders ADD COLUMN a int;
COMMIT;
--- bad
BEGIN;
CREATE SEQUENCE more;
DROP SEQUENCE more;
ALTER TABLE orders ADD COLUMN a int;
COMMIT;
