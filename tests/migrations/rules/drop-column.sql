--- bad
ALTER TABLE orders DROP COLUMN IF EXISTS note CASCADE;
--- good
CREATE TABLE orders (id int, note text);
ALTER TABLE orders DROP COLUMN note;
--- good
ALTER TABLE parcels ADD COLUMN scratch int;
UPDATE parcels SET scratch = 1 WHERE code = 'a';
ALTER TABLE parcels RENAME COLUMN scratch TO spare;
ALTER TABLE parcels DROP COLUMN spare;
--- bad
ALTER TABLE parcels DROP COLUMN scratch;
ALTER TABLE parcels ADD COLUMN scratch int;
--- bad
ALTER FOREIGN TABLE remote DROP COLUMN a;
--- history
CREATE TYPE address AS (street text, zip text);
CREATE TABLE people (home address);
--- bad
ALTER TYPE address DROP ATTRIBUTE zip;
--- bad
ALTER TYPE address ADD ATTRIBUTE country text, DROP ATTRIBUTE IF EXISTS zip CASCADE;
--- good
ALTER TYPE address ADD ATTRIBUTE country text;
--- good
ALTER TYPE address ADD ATTRIBUTE country text;
ALTER TYPE address DROP ATTRIBUTE country;
--- good
CREATE TYPE pair AS (a int, b int);
ALTER TYPE pair DROP ATTRIBUTE b;
--- good
ALTER TYPE address ADD ATTRIBUTE country text;
ALTER TYPE address RENAME ATTRIBUTE country TO land;
ALTER TYPE address DROP ATTRIBUTE land;
--- good
ALTER TYPE address ADD ATTRIBUTE country text;
ALTER TYPE address RENAME TO place;
ALTER TYPE place SET SCHEMA shop;
ALTER TYPE shop.place DROP ATTRIBUTE country;
--- bad
ALTER TYPE address ADD ATTRIBUTE country text;
ALTER TYPE address RENAME ATTRIBUTE country TO land;
ALTER TYPE address RENAME ATTRIBUTE zip TO country;
ALTER TYPE address DROP ATTRIBUTE country;
