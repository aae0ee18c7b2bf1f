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
