--- history
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN small AS positive;
CREATE DOMAIN plain AS int;
--- bad
ALTER TABLE users ADD COLUMN n positive;
--- bad
ALTER TABLE users ADD COLUMN n public.small DEFAULT 5;
--- bad
CREATE DOMAIN there AS text NOT NULL;
ALTER TABLE users ADD COLUMN n there;
--- good
ALTER TABLE users ADD COLUMN n plain;
--- good
ALTER TABLE users ADD COLUMN n positive[];
--- history
CREATE TABLE orders (id int);
CREATE DOMAIN price AS numeric CHECK (VALUE > 0);
CREATE DOMAIN amount AS numeric CHECK (VALUE > 0);
ALTER DOMAIN price RENAME TO cost;
ALTER TYPE amount SET SCHEMA app;
--- bad
ALTER TABLE orders ADD COLUMN paid cost;
--- bad
ALTER TABLE orders ADD COLUMN paid app.amount;
--- history
CREATE DOMAIN plain AS text NOT NULL CHECK (VALUE <> '') CONSTRAINT short CHECK (length(VALUE) < 9);
ALTER DOMAIN plain DROP NOT NULL;
ALTER DOMAIN plain DROP CONSTRAINT plain_check;
--- bad
ALTER TABLE parcels ADD COLUMN name plain;
--- good
ALTER DOMAIN plain DROP CONSTRAINT short;
ALTER TABLE parcels ADD COLUMN name plain;
--- history
CREATE DOMAIN post.code AS int CHECK (VALUE > 0);
--- bad
SET search_path TO post;
ALTER TABLE parcels ADD COLUMN code code;
--- good
ALTER TABLE parcels ADD COLUMN code code;
--- history
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE pair AS (a int, b int);
CREATE TYPE other AS (a int);
CREATE TABLE pairs OF pair;
CREATE TABLE others (a int);
ALTER TABLE others OF other;
--- bad
ALTER TYPE pair ADD ATTRIBUTE z positive CASCADE;
--- bad
ALTER TYPE other ADD ATTRIBUTE z positive CASCADE;
--- bad
ALTER TYPE pair RENAME TO two;
ALTER TYPE two ADD ATTRIBUTE z positive CASCADE;
--- good
ALTER TYPE pair ADD ATTRIBUTE z int CASCADE;
--- good
ALTER TABLE pairs NOT OF;
ALTER TYPE pair ADD ATTRIBUTE z positive CASCADE;
--- good
DROP TYPE pair CASCADE;
CREATE TYPE pair AS (a int);
ALTER TYPE pair ADD ATTRIBUTE z positive CASCADE;
--- good
CREATE TYPE fresh AS (a int);
BEGIN;
CREATE TABLE fresh_ones OF fresh;
ALTER TYPE fresh ADD ATTRIBUTE z positive CASCADE;
COMMIT;
--- history
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TYPE post.pair AS (a int, b int);
CREATE TABLE post.pairs OF post.pair;
--- bad
SET search_path TO shop, post;
ALTER TYPE pair ADD ATTRIBUTE z positive CASCADE;
--- history
CREATE TABLE parcels (id int PRIMARY KEY);
CREATE DOMAIN base AS int;
CREATE DOMAIN upper AS base;
ALTER DOMAIN base ADD CONSTRAINT positive CHECK (VALUE > 0);
CREATE DOMAIN once AS int CONSTRAINT few CHECK (VALUE < 9);
CREATE DOMAIN freed AS once;
ALTER DOMAIN once DROP CONSTRAINT few;
CREATE DOMAIN old AS int;
CREATE DOMAIN over_old AS old;
ALTER DOMAIN old RENAME TO renamed;
ALTER DOMAIN renamed SET NOT NULL;
--- bad
ALTER TABLE parcels ADD COLUMN n upper;
--- bad
ALTER TABLE parcels ADD COLUMN n over_old;
--- good
ALTER TABLE parcels ADD COLUMN n freed;
