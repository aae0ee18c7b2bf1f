--- bad
ALTER TABLE orders RENAME note TO remark;
--- bad
ALTER TABLE IF EXISTS "app"."Orders" RENAME COLUMN note TO remark;
--- good
CREATE TABLE orders (note text);
ALTER TABLE orders RENAME COLUMN note TO remark;
--- good
ALTER TABLE parcels ADD COLUMN code int;
ALTER TABLE parcels RENAME COLUMN code TO label;
--- bad
ALTER TABLE parcels ADD COLUMN IF NOT EXISTS code int;
ALTER TABLE parcels RENAME COLUMN code TO label;
--- history
ALTER TABLE parcels ADD COLUMN code int;
--- bad
ALTER TABLE parcels RENAME COLUMN code TO label;
--- history
CREATE TYPE address AS (street text, zip text);
CREATE TABLE people (home address);
--- bad
ALTER TYPE address RENAME ATTRIBUTE zip TO code;
--- bad
ALTER TYPE address RENAME ATTRIBUTE zip TO code CASCADE;
--- good
CREATE TYPE pair AS (a int, b int);
ALTER TYPE pair RENAME ATTRIBUTE b TO c;
--- good
ALTER TYPE address ADD ATTRIBUTE country text;
ALTER TYPE address RENAME ATTRIBUTE country TO land;
--- good
ALTER TYPE address ADD ATTRIBUTE country text;
ALTER TYPE address RENAME ATTRIBUTE country TO land;
ALTER TYPE address RENAME ATTRIBUTE land TO state;
