--- bad
ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();
--- bad
ALTER TABLE users ADD COLUMN token uuid NOT NULL DEFAULT public.uuid_generate_v4();
--- bad
ALTER TABLE users ADD COLUMN at timestamptz DEFAULT clock_timestamp(), ADD COLUMN note text;
--- bad
ALTER TABLE users ADD COLUMN n int DEFAULT (random() * 100)::int;
--- bad
ALTER TABLE users ADD COLUMN n bigint DEFAULT nextval('numbers'::regclass);
--- bad
ALTER TABLE users ADD COLUMN n text DEFAULT make_slug();
--- good
ALTER TABLE users ADD COLUMN at timestamptz NOT NULL DEFAULT now();
--- good
ALTER TABLE users ADD COLUMN at timestamp DEFAULT (CURRENT_TIMESTAMP AT TIME ZONE 'utc') + interval '1 day';
--- good
ALTER TABLE users ADD COLUMN tags text[] NOT NULL DEFAULT array[]::text[];
--- good
ALTER TABLE users ADD COLUMN token uuid;
ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();
--- good
BEGIN;
CREATE TABLE copies AS SELECT * FROM orders;
ALTER TABLE copies ADD COLUMN a float DEFAULT random();
COMMIT;
--- good in-transaction
CREATE TABLE copies AS SELECT * FROM orders;
ALTER TABLE copies ADD COLUMN a float DEFAULT random();
--- bad
CREATE TABLE copies AS SELECT * FROM orders;
ALTER TABLE copies ADD COLUMN a float DEFAULT random();
--- bad
BEGIN;
CREATE TABLE copies AS SELECT * FROM orders;
COMMIT;
BEGIN;
ALTER TABLE copies ADD COLUMN a float DEFAULT random();
COMMIT;
--- good
ALTER TABLE places ADD COLUMN at geometry DEFAULT public.st_setsrid(public.st_makepoint(0, 0), 4326);
--- history
CREATE FUNCTION make_slug() RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'a' $$;
CREATE DOMAIN lot AS int DEFAULT (random() * 6)::int;
--- good
ALTER TABLE users ADD COLUMN n text DEFAULT make_slug();
--- bad
ALTER TABLE users ADD COLUMN n lot;
--- good
ALTER TABLE orders ADD COLUMN day timestamptz DEFAULT date_bin('1 day', now(), '2000-01-01');
--- good
ALTER TABLE orders ADD COLUMN since timestamptz DEFAULT make_timestamptz(2020, 1, 1, 0, 0, 0);
--- good
ALTER TABLE orders ADD COLUMN price numeric DEFAULT trim_scale(1.50);
--- bad
ALTER TABLE orders ADD COLUMN size int DEFAULT set_config('a.b', '1', false)::int;
--- history
CREATE FUNCTION next_code() RETURNS int LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1; END';
ALTER FUNCTION next_code() VOLATILE;
CREATE FUNCTION fixed_code() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
ALTER FUNCTION fixed_code() SECURITY INVOKER STABLE;
CREATE FUNCTION plain_code() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
ALTER FUNCTION plain_code() STRICT;
--- bad
ALTER TABLE parcels ADD COLUMN code int DEFAULT next_code();
--- good
ALTER TABLE parcels ADD COLUMN code int DEFAULT fixed_code();
--- good
ALTER TABLE parcels ADD COLUMN code int DEFAULT plain_code();
--- history
CREATE DOMAIN size AS int;
ALTER DOMAIN size SET DEFAULT (random() * 6)::int;
CREATE DOMAIN weight AS int DEFAULT (random() * 6)::int;
ALTER DOMAIN weight SET DEFAULT 5;
CREATE DOMAIN mass AS int DEFAULT (random() * 6)::int;
CREATE DOMAIN heavy AS mass;
ALTER DOMAIN mass DROP DEFAULT;
--- bad
ALTER TABLE parcels ADD COLUMN n size;
--- good
ALTER TABLE parcels ADD COLUMN n weight, ADD COLUMN m mass;
--- bad
ALTER TABLE parcels ADD COLUMN n heavy;
--- bad
ALTER DOMAIN unheard_of SET DEFAULT random();
ALTER TABLE parcels ADD COLUMN n unheard_of;
--- history
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1;';
CREATE FUNCTION public.random() RETURNS float LANGUAGE sql IMMUTABLE AS 'SELECT 4.0::float';
--- bad
ALTER TABLE parcels ADD COLUMN a int DEFAULT one();
--- bad
ALTER TABLE parcels ADD COLUMN a float DEFAULT random();
--- good
ALTER TABLE parcels ADD COLUMN a float DEFAULT public.random();
--- good
ALTER TABLE parcels ADD COLUMN depth int DEFAULT pg_trigger_depth(), ADD COLUMN may boolean DEFAULT has_table_privilege('parcels', 'SELECT');
--- bad
ALTER TABLE parcels ADD COLUMN size bigint DEFAULT pg_database_size('shop');
--- history
CREATE TYPE pair AS (a int, b int);
CREATE TABLE pairs OF pair;
CREATE DOMAIN drawn AS float DEFAULT random();
--- bad
ALTER TYPE pair ADD ATTRIBUTE z drawn CASCADE;
--- good
ALTER TABLE pairs NOT OF;
ALTER TYPE pair ADD ATTRIBUTE z drawn CASCADE;
--- good
ALTER TYPE pair ADD ATTRIBUTE z float CASCADE;
