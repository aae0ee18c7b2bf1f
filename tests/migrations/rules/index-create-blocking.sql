--- bad
CREATE INDEX orders_customer ON orders (customer_id);
--- bad
CREATE UNIQUE INDEX IF NOT EXISTS orders_customer ON public.orders (customer_id);
--- bad
CREATE TABLE notes (id bigint PRIMARY KEY);
CREATE INDEX orders_customer ON orders (customer_id);
--- bad
DO $$ BEGIN CREATE INDEX orders_customer ON orders (customer_id); END $$;
--- bad
DO $$ BEGIN EXECUTE format('CREATE INDEX %I ON orders (customer_id)', 'a'); END $$;
--- good
CREATE INDEX CONCURRENTLY orders_customer ON orders (customer_id);
--- good
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
CREATE INDEX orders_customer ON public."orders" (customer_id);
--- good
CREATE TEMPORARY TABLE scratch AS SELECT 1 AS a;
CREATE INDEX ON scratch (a);
--- good
BEGIN;
CREATE TABLE copies AS SELECT * FROM orders;
CREATE INDEX copies_id ON copies (id);
COMMIT;
--- good in-transaction
CREATE TABLE copies AS SELECT * FROM orders;
CREATE INDEX copies_id ON copies (id);
--- bad
CREATE TABLE copies AS SELECT * FROM orders;
CREATE INDEX copies_id ON copies (id);
--- bad
BEGIN;
CREATE TABLE copies AS SELECT * FROM orders;
COMMIT;
BEGIN;
CREATE INDEX copies_id ON copies (id);
COMMIT;
--- good server=17
CREATE TABLE notes (a text STORAGE external);
CREATE INDEX notes_a ON notes (a);
--- good server=18
CREATE TABLE app.notes (a int, CONSTRAINT there NOT NULL a);
CREATE INDEX notes_a ON app.notes (a);
--- bad server=17
CREATE TABLE IF NOT EXISTS notes AS SELECT * FROM JSON_TABLE('[]', '$' COLUMNS (a int));
CREATE INDEX notes_a ON orders (a);
--- history
CREATE TABLE events (id bigint, day date) PARTITION BY RANGE (day);
--- bad
CREATE INDEX events_day ON events (day);
--- good
CREATE INDEX events_day ON ONLY events (day);
--- good
CREATE INDEX events_day ON ONLY unheard (day);
--- bad
CREATE TABLE filled AS SELECT 1 AS a;
CREATE INDEX ON filled (a);
--- good
CREATE MATERIALIZED VIEW sums AS SELECT 1 AS a;
CREATE UNIQUE INDEX ON sums (a);
--- good
BEGIN;
CREATE TABLE fresh (a int);
SAVEPOINT before_rows;
INSERT INTO fresh VALUES (1);
ROLLBACK TO before_rows;
CREATE INDEX fresh_a ON fresh (a);
COMMIT;
--- bad
BEGIN;
SAVEPOINT before_all;
CREATE TABLE fresh (a int);
ROLLBACK TO before_all;
CREATE INDEX fresh_a ON fresh (a);
COMMIT;
--- good
BEGIN;
CREATE TABLE first (a int);
COMMIT;
CREATE TABLE fresh (a int);
ROLLBACK;
CREATE INDEX fresh_a ON fresh (a);
--- bad in-transaction
CREATE TABLE fresh (a int);
ROLLBACK;
CREATE INDEX fresh_a ON fresh (a);
--- history
CREATE TABLE post.parcels (id bigint);
CREATE TABLE bills (id bigint);
--- good
SET search_path = post;
CREATE TABLE post.labels (id bigint);
CREATE INDEX ON labels (id);
--- good
SET search_path TO 'post', public;
CREATE TABLE labels (id bigint);
CREATE INDEX ON post.labels (id);
--- good
SET search_path TO post, public;
CREATE TEMP TABLE parcels AS SELECT 1 AS id;
CREATE INDEX ON parcels (id);
--- bad
SELECT pg_catalog.set_config('search_path', '"$user", post', false);
CREATE TABLE parcels (id bigint);
RESET search_path;
CREATE INDEX ON parcels (id);
--- bad
SET LOCAL search_path TO post, public;
CREATE TABLE labels (id bigint);
CREATE INDEX ON bills (id);
--- bad
SET search_path = post;
CREATE TABLE parcels_of_today (id bigint);
CREATE INDEX ON parcels (id);
--- bad
BEGIN;
SET LOCAL search_path TO post;
CREATE TABLE labels (id bigint);
COMMIT;
CREATE INDEX ON labels (id);
--- good
CREATE SCHEMA AUTHORIZATION post CREATE TABLE stamps (id bigint);
CREATE INDEX ON post.stamps (id);
--- bad
CREATE SCHEMA post CREATE TABLE stamps (id bigint);
CREATE INDEX ON stamps (id);
--- history
CREATE TABLE t (a int, b int);
CREATE UNIQUE INDEX i ON t (a);
--- good
CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a);
--- bad
CREATE UNIQUE INDEX IF NOT EXISTS j ON t (a);
--- bad
DROP INDEX i;
CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a);
--- history
CREATE TABLE p (d int, x int) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
CREATE INDEX i1 ON p1 (x);
--- bad
CREATE INDEX i ON p (x);
--- good
CREATE INDEX CONCURRENTLY i2 ON p2 (x);
CREATE INDEX i ON p (x);
--- bad
CREATE INDEX CONCURRENTLY i2 ON p2 (x) WHERE x > 1;
CREATE INDEX i ON p (x);
--- history
CREATE TABLE old (id bigint NOT NULL, day int NOT NULL, note text);
--- bad
CREATE TABLE parts (id bigint NOT NULL, day int NOT NULL, note text) PARTITION BY RANGE (day);
ALTER TABLE parts ATTACH PARTITION old DEFAULT;
CREATE INDEX ON parts (note);
--- good
CREATE TABLE parts (id bigint NOT NULL, day int NOT NULL, note text) PARTITION BY RANGE (day);
ALTER TABLE parts ATTACH PARTITION old DEFAULT;
CREATE INDEX ON ONLY parts (note);
--- good
CREATE TABLE parts (id bigint NOT NULL, day int NOT NULL, note text) PARTITION BY RANGE (day);
CREATE TABLE rest PARTITION OF parts DEFAULT;
CREATE INDEX ON parts (note);
--- good
CREATE TABLE above (LIKE old);
ALTER TABLE old INHERIT above;
CREATE INDEX ON above (note);
--- bad
CREATE TABLE tops (LIKE old) PARTITION BY RANGE (day);
CREATE TABLE middle (LIKE old) PARTITION BY RANGE (day);
ALTER TABLE tops ATTACH PARTITION middle FOR VALUES FROM (0) TO (9);
ALTER TABLE middle ATTACH PARTITION old DEFAULT;
CREATE INDEX ON tops (note);
--- history
CREATE TABLE old (id bigint NOT NULL);
CREATE FUNCTION makes_index() RETURNS int LANGUAGE plpgsql AS $$ BEGIN CREATE INDEX ON old (id); RETURN 1; END $$;
CREATE VIEW calls AS SELECT makes_index();
--- bad
DO $$ DECLARE n int := makes_index(); BEGIN NULL; END $$;
--- bad
DO $$ DECLARE n int; BEGIN n := makes_index(); END $$;
--- bad
DO $$ BEGIN IF makes_index() > 0 THEN NULL; END IF; END $$;
--- bad
DO $$ BEGIN FOR i IN 1..public.makes_index() LOOP NULL; END LOOP; END $$;
--- bad
DO $$ BEGIN RAISE NOTICE '%', makes_index(); END $$;
--- good
DO $$ BEGIN RAISE NOTICE '%', 'makes_index()'; END $$;
--- good
DO $$ DECLARE makes_index int; BEGIN makes_index := 1; END $$;
--- bad
CREATE TABLE made AS SELECT makes_index();
--- bad
SELECT makes_index() INTO made;
--- bad
CREATE MATERIALIZED VIEW made AS SELECT makes_index();
--- bad
SELECT * FROM calls;
--- bad
BEGIN; DECLARE each CURSOR FOR SELECT makes_index(); FETCH each; COMMIT;
--- bad
CREATE FUNCTION outer_one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN makes_index(); END $$;
SELECT outer_one();
--- good
CREATE MATERIALIZED VIEW made AS SELECT makes_index() WITH NO DATA;
--- good
CREATE VIEW made AS SELECT makes_index();
