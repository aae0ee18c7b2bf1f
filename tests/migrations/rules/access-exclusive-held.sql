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
--- history
--- good in-transaction
CREATE SEQUENCE s;
ALTER TABLE s OWNER TO anna;
CREATE TABLE b (i int PRIMARY KEY);
CREATE INDEX bi ON b (i);
--- good in-transaction
CREATE TABLE b (i serial, j int GENERATED ALWAYS AS IDENTITY);
ALTER SEQUENCE b_i_seq OWNER TO anna;
ALTER TABLE b_j_seq OWNER TO anna;
CREATE SEQUENCE s;
ALTER SEQUENCE s RENAME TO r;
ALTER SEQUENCE r SET SCHEMA app;
ALTER SEQUENCE app.r OWNER TO anna;
SELECT 1;
--- good in-transaction
CREATE TABLE base (i int PRIMARY KEY);
CREATE VIEW v AS SELECT i FROM base;
ALTER TABLE v OWNER TO anna;
CREATE RULE r AS ON INSERT TO v DO INSTEAD NOTHING;
ALTER TABLE v RENAME TO w;
ALTER VIEW w SET SCHEMA app;
ALTER VIEW app.w OWNER TO anna;
CREATE INDEX ib ON base (i);
--- good in-transaction
CREATE TYPE addr AS (a int);
ALTER TYPE addr ADD ATTRIBUTE b int;
ALTER TYPE addr RENAME TO address;
ALTER TYPE address RENAME ATTRIBUTE b TO c CASCADE;
CREATE TABLE u (id bigint PRIMARY KEY, a address);
--- good in-transaction
DROP SEQUENCE s;
CREATE SEQUENCE s;
ALTER SEQUENCE s OWNER TO anna;
CREATE TABLE b (i int PRIMARY KEY);
--- bad in-transaction
ALTER SEQUENCE s OWNER TO anna;
CREATE TABLE b (i int PRIMARY KEY);
--- bad in-transaction
ALTER TABLE v OWNER TO anna;
CREATE TABLE b (i int PRIMARY KEY);
--- history
CREATE SEQUENCE s;
CREATE TABLE base (i int PRIMARY KEY);
CREATE VIEW v AS SELECT i FROM base;
--- bad in-transaction
ALTER SEQUENCE s OWNER TO anna;
CREATE TABLE b (i int PRIMARY KEY);
--- bad in-transaction
ALTER TABLE v OWNER TO anna;
CREATE TABLE b (i int PRIMARY KEY);
