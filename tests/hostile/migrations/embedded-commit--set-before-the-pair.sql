SET lock_timeout = '1s';
BEGIN;
SELECT 1;
COMMIT;
