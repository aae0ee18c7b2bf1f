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
--- bad
BEGIN; DROP INDEX orders_at; ALTER TABLE notes ADD COLUMN a int; COMMIT;
--- bad
BEGIN; ALTER INDEX orders_at SET TABLESPACE fast; ALTER TABLE notes ADD COLUMN a int; COMMIT;
--- bad
BEGIN; DROP SCHEMA app CASCADE; ALTER TABLE notes ADD COLUMN a int; COMMIT;
--- bad
BEGIN; DROP FOREIGN TABLE remote; ALTER TABLE notes ADD COLUMN a int; COMMIT;
--- bad
BEGIN; DROP EXTENSION hstore CASCADE; ALTER TABLE notes ADD COLUMN a int; COMMIT;
--- bad
BEGIN; DROP TYPE mood CASCADE; ALTER TABLE notes ADD COLUMN a int; COMMIT;
--- bad
BEGIN; DROP OWNED BY anna; ALTER TABLE notes ADD COLUMN a int; COMMIT;
--- good
BEGIN; DROP INDEX CONCURRENTLY orders_at; ALTER TABLE notes ADD COLUMN a int; COMMIT;
--- good
BEGIN; ALTER INDEX orders_at RENAME TO orders_at_old; ALTER TABLE notes ADD COLUMN a int; COMMIT;
--- good
BEGIN; DROP SCHEMA app; ALTER TABLE notes ADD COLUMN a int; COMMIT;
--- good
BEGIN;
CREATE SCHEMA scratch;
CREATE TABLE scratch.t (id int);
DROP SCHEMA scratch CASCADE;
SELECT 1;
COMMIT;
--- good
BEGIN;
ALTER TABLE orders ADD COLUMN note text;
INSERT INTO django_migrations (app, name, applied) VALUES ('a', '0002', now());
COMMIT;
