--- bad
DROP TABLE orders;
--- bad
DROP TABLE IF EXISTS app.orders, notes CASCADE;
--- bad
CREATE TABLE scratch (a int);
INSERT INTO scratch VALUES (1);
DROP TABLE scratch;
--- bad
CREATE TABLE scratch (a int);
DROP TABLE scratch, orders;
--- bad
DO $$ BEGIN EXECUTE 'DROP TABLE orders'; END $$;
--- bad
DO $$ DECLARE q text := 'DROP TABLE orders'; BEGIN EXECUTE q; END $$;
--- bad
DO $$ DECLARE r record; BEGIN FOR r IN SELECT 1 LOOP DROP TABLE orders; END LOOP; END $$;
--- bad
DO $$ BEGIN IF EXISTS (SELECT 1) THEN PERFORM 1; ELSE DROP TABLE orders; END IF; END $$;
--- bad
CREATE PROCEDURE tidy() LANGUAGE plpgsql AS $$ BEGIN DROP TABLE orders; END $$;
CALL tidy();
--- good
DO $$ BEGIN RAISE NOTICE 'DROP TABLE orders'; -- DROP TABLE orders;
END $$;
--- good
CREATE TABLE scratch (a int);
DROP TABLE public."scratch";
--- good
CREATE TEMPORARY TABLE scratch AS SELECT 1 AS a;
DROP TABLE scratch;
--- good
DROP VIEW orders;
--- bad
DO $$ BEGIN EXECUTE E'DROP TABLE\n\tparcels'; END $$;
--- bad
DROP FOREIGN TABLE remote;
--- history
CREATE TABLE notes (id bigint);
--- good
DROP TABLE IF EXISTS orders;
--- bad
DROP TABLE orders;
--- history
CREATE TABLE orders (id int);
--- bad
DO $$ DECLARE q text; BEGIN q := format('DROP TABLE %I', name); EXECUTE q; END $$;
--- bad
DO $$ DECLARE q text; BEGIN q := 'DROP TABLE '; q := q || 'orders'; EXECUTE q; END $$;
--- bad
DO $$ BEGIN EXECUTE concat('DROP TABLE ', 'orders'); END $$;
--- good
DO $$ DECLARE q text; BEGIN q := 'DROP TABLE orders'; q := name; EXECUTE q; END $$;
--- history
CREATE TABLE old (id bigint NOT NULL, day int NOT NULL, note text);
--- bad
CREATE TABLE above (LIKE old);
ALTER TABLE old INHERIT above;
DROP TABLE above CASCADE;
--- good
CREATE TABLE parts (id bigint NOT NULL, day int NOT NULL, note text) PARTITION BY RANGE (day);
ALTER TABLE parts ATTACH PARTITION old DEFAULT;
ALTER TABLE parts DETACH PARTITION old;
DROP TABLE parts;
