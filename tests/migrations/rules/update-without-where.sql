--- bad
UPDATE orders SET a = 1;
--- bad
UPDATE orders SET a = 1 WHERE true;
--- bad
UPDATE orders SET a = 1 WHERE 1 = 1 AND NOT false;
--- bad
WITH done AS (UPDATE orders SET a = 1 RETURNING id) SELECT count(*) FROM done;
--- bad
DO $$ BEGIN UPDATE orders SET a = 1; END $$;
--- bad
CREATE FUNCTION fill() RETURNS void LANGUAGE sql AS $$ UPDATE orders SET a = 1 $$;
SELECT fill();
--- bad
DO $$ DECLARE r record; BEGIN FOR r IN UPDATE orders SET a = 1 RETURNING id LOOP NULL; END LOOP; END $$;
--- good
UPDATE orders SET a = 1 WHERE id = 5;
--- good
UPDATE orders SET a = 1 WHERE 1 = 2;
--- good
CREATE TABLE orders (a int);
UPDATE orders SET a = 1;
--- good
CREATE FUNCTION fill() RETURNS void LANGUAGE sql AS $$ UPDATE orders SET a = 1 $$;
--- good
UPDATE orders SET total = lines.total FROM lines WHERE lines.id = orders.id;
--- good
WITH batch AS (SELECT id FROM orders WHERE total IS NULL ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED)
UPDATE orders SET total = 0 FROM batch WHERE orders.id = batch.id;
--- bad
UPDATE orders SET total = 0 WHERE orders.id = orders.id;
--- bad
EXPLAIN ANALYZE UPDATE orders SET a = 1;
--- bad
EXPLAIN (ANALYZE, BUFFERS) UPDATE orders SET a = 1;
--- good
EXPLAIN UPDATE orders SET a = 1;
--- good
EXPLAIN (ANALYZE false) UPDATE orders SET a = 1;
--- good
BEGIN;
CREATE TABLE copies AS SELECT id, email FROM people;
UPDATE copies SET email = lower(email);
COMMIT;
--- history
CREATE TABLE old (id bigint NOT NULL, day int NOT NULL, note text);
--- bad
CREATE TABLE parts (id bigint NOT NULL, day int NOT NULL, note text) PARTITION BY RANGE (day);
ALTER TABLE parts ATTACH PARTITION old DEFAULT;
UPDATE parts SET note = '';
--- bad
CREATE VIEW seen AS SELECT * FROM old;
UPDATE seen SET note = '';
--- bad
ALTER TABLE old RENAME TO older;
CREATE VIEW old AS SELECT * FROM older;
UPDATE old SET note = '';
--- good
CREATE TABLE fresh (LIKE old);
CREATE VIEW seen AS SELECT * FROM fresh;
UPDATE seen SET note = '';
