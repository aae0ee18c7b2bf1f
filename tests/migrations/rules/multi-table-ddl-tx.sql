--- bad
BEGIN;
ALTER TABLE orders ADD COLUMN a int;
ALTER TABLE notes ADD COLUMN a int;
COMMIT;
--- bad in-transaction
ALTER TABLE app.orders ADD COLUMN a int;
TRUNCATE orders;
--- good
ALTER TABLE orders ADD COLUMN a int;
ALTER TABLE notes ADD COLUMN a int;
--- good
BEGIN;
ALTER TABLE public.orders ADD COLUMN a int;
ALTER TABLE "orders" ADD COLUMN b int;
COMMIT;
--- good
BEGIN;
ALTER TABLE orders ADD COLUMN a int;
COMMIT;
BEGIN;
ALTER TABLE notes ADD COLUMN a int;
COMMIT;
--- good
BEGIN;
CREATE TABLE notes (id bigint);
ALTER TABLE orders ADD COLUMN a int;
ALTER TABLE notes ADD COLUMN a int;
COMMIT;
--- good
BEGIN;
ALTER TABLE parcels ADD COLUMN code int;
ALTER TABLE parcels RENAME TO packets;
ALTER TABLE packets ADD COLUMN label text;
COMMIT;
--- good
BEGIN;
ALTER TABLE parcels ADD COLUMN code int;
ALTER TABLE parcels SET SCHEMA post;
ALTER TABLE post.parcels ADD COLUMN label text;
COMMIT;
--- bad
BEGIN;
ALTER TABLE parcels ADD COLUMN code int;
ALTER TABLE parcels RENAME TO packets;
ALTER TABLE parcels ADD COLUMN label text;
COMMIT;
--- bad
BEGIN; ALTER TABLE orders ADD COLUMN a int; DROP INDEX notes_at; COMMIT;
--- good
BEGIN; ALTER TABLE orders ADD COLUMN a int; DROP INDEX idx_orders_at; COMMIT;
--- good
BEGIN; DROP INDEX order_at; ALTER TABLE orders ADD COLUMN a int; COMMIT;
--- good
BEGIN; DROP INDEX orders_at; DROP INDEX orders_by; COMMIT;
--- bad
BEGIN; DROP TABLE orders, notes; COMMIT;
--- bad in-transaction
TRUNCATE orders, notes;
--- bad
BEGIN; LOCK TABLE orders, notes; COMMIT;
--- good
BEGIN; LOCK TABLE orders, notes IN SHARE MODE; COMMIT;
--- good
DROP TABLE orders, notes;
--- good
BEGIN; CREATE TABLE notes (id int); DROP TABLE orders, notes; COMMIT;
--- history
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int, c int REFERENCES customers);
--- good
BEGIN; DROP TABLE orders; COMMIT;
--- history
--- good in-transaction
CREATE TABLE t (id serial PRIMARY KEY);
CREATE SEQUENCE s;
ALTER TABLE s OWNER TO anna;
ALTER SEQUENCE t_id_seq OWNER TO anna;
CREATE TYPE addr AS (a int);
ALTER TYPE addr OWNER TO anna;
--- history
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (id int, customer int REFERENCES customers);
CREATE TABLE p (id int) PARTITION BY RANGE (id);
CREATE TABLE pd PARTITION OF p DEFAULT;
--- bad in-transaction
DROP TABLE orders;
ALTER TABLE p ADD COLUMN a int;
--- good in-transaction
DROP TABLE orders;
ALTER TABLE customers ADD COLUMN a int;
--- good in-transaction
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (2);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (2) TO (3);
