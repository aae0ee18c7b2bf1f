--- bad
BEGIN;
ALTER TABLE orders ADD COLUMN a int;
SELECT count(*) FROM notes;
COMMIT;
--- bad in-transaction
ALTER TABLE orders ADD COLUMN a int;
ALTER TABLE orders ADD COLUMN b int;
--- bad
-- first
BEGIN;
DROP TABLE orders;
CREATE INDEX notes_a ON notes (a);
COMMIT;
--- good
ALTER TABLE orders ADD COLUMN a int;
SELECT count(*) FROM notes;
--- good
BEGIN;
SET LOCAL lock_timeout = '2s';
SELECT 1;
ALTER TABLE orders ADD COLUMN a int;
COMMIT;
--- good
BEGIN;
CREATE TABLE orders (id bigint);
ALTER TABLE orders ADD COLUMN a int;
SELECT 1;
COMMIT;
--- good
BEGIN;
SAVEPOINT s;
ALTER TABLE orders ADD COLUMN a int;
ROLLBACK TO s;
SELECT 1;
COMMIT;
--- good
BEGIN;
ALTER TABLE orders RENAME TO sales;
CREATE VIEW orders AS SELECT * FROM sales;
COMMIT;
--- bad
SET LOCAL lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN a int;
SELECT count(*) FROM notes;
