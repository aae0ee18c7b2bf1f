--- bad
UPDATE orders SET region = lookup(country);
--- bad
UPDATE orders SET status = 'x' WHERE refunded_at IS NOT NULL AND status <> 'x';
--- bad
DELETE FROM events WHERE created_at < now() - interval '90 days';
--- bad
DELETE FROM events;
--- good
UPDATE orders SET a = 1 WHERE id BETWEEN 1 AND 1000;
--- good
UPDATE orders SET a = 1 WHERE id > 5 AND id <= 10;
--- good
UPDATE orders SET a = 1 WHERE id IN (SELECT id FROM orders WHERE a IS NULL LIMIT 1000 FOR UPDATE SKIP LOCKED);
--- good
DELETE FROM orders WHERE ctid = ANY (ARRAY(SELECT ctid FROM orders LIMIT 1000));
--- good
DELETE FROM orders WHERE day >= '2024-01-01' AND day < '2024-02-01';
--- good
UPDATE settings SET value = '1' WHERE name = 'colour';
--- bad
UPDATE orders SET total = lines.total FROM lines WHERE lines.id = orders.id;
--- bad
UPDATE shop.orders SET total = 0 WHERE id IN (SELECT order_id FROM lines);
--- good
WITH batch AS (SELECT id FROM orders WHERE total IS NULL ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED)
UPDATE orders SET total = 0 FROM batch WHERE orders.id = batch.id;
--- good
UPDATE orders SET total = listed.total FROM (VALUES (1, 5), (2, 7)) AS listed (id, total) WHERE orders.id = listed.id;
--- bad
UPDATE parcels SET label = code WHERE label IS DISTINCT FROM code;
--- bad
DELETE FROM parcels WHERE sent_at = received_at;
--- bad
MERGE INTO parcels USING labels ON parcels.code = labels.code
WHEN MATCHED THEN UPDATE SET label = labels.label;
--- good
MERGE INTO parcels USING labels ON parcels.code = labels.code
WHEN NOT MATCHED THEN INSERT (code) VALUES (labels.code);
--- good
MERGE INTO parcels USING (VALUES (1, 'a')) AS listed (code, label) ON parcels.code = listed.code
WHEN MATCHED THEN UPDATE SET label = listed.label;
--- good
UPDATE parcels SET label = listed.label FROM (VALUES (1, 'a')) AS listed (code, label)
WHERE parcels.code = listed.code;
--- bad
UPDATE orders SET a = 1 WHERE id > 0;
--- good
UPDATE orders SET a = 1 WHERE id > 0 AND id <= 1000;
--- good
UPDATE people SET email = 'x' WHERE lower(email) = 'x@y.z';
--- bad
UPDATE orders SET a = 1 WHERE coalesce(a, 0) = 0;
--- bad
EXPLAIN ANALYZE UPDATE orders SET a = 1 WHERE a IS NULL;
--- bad
DO $$ BEGIN LOOP
  UPDATE orders SET a = 1 WHERE id IN (SELECT id FROM orders WHERE a IS NULL LIMIT 1000);
  EXIT WHEN NOT FOUND;
END LOOP; END $$;
--- good
DO $$ BEGIN LOOP
  UPDATE orders SET a = 1 WHERE id IN (SELECT id FROM orders WHERE a IS NULL LIMIT 1000);
  EXIT WHEN NOT FOUND;
  COMMIT;
END LOOP; END $$;
--- bad
DO $$ BEGIN FOR i IN 0..999 LOOP
  UPDATE orders SET a = 1 WHERE id BETWEEN i * 1000 AND i * 1000 + 999;
END LOOP; END $$;
--- bad
DO $$ DECLARE n int := 1; BEGIN WHILE n > 0 LOOP
  WITH batch AS (SELECT id FROM orders WHERE a IS NULL LIMIT size)
  UPDATE orders SET a = 1 FROM batch WHERE orders.id = batch.id;
  GET DIAGNOSTICS n = ROW_COUNT;
END LOOP; END $$;
--- bad
DO $$ BEGIN LOOP
  EXECUTE 'DELETE FROM orders WHERE ctid = ANY (ARRAY(SELECT ctid FROM orders LIMIT 1000))';
  EXIT WHEN NOT FOUND;
END LOOP; END $$;
--- good
DO $$ BEGIN FOR i IN 0..999 LOOP
  UPDATE orders SET a = 1 WHERE id >= i * 1000 AND id < i * 1000 + 1000;
  IF i % 10 = 0 THEN COMMIT; END IF;
END LOOP; END $$;
--- good
DO $$ BEGIN FOR i IN 0..9 LOOP
  FOR j IN 0..9 LOOP
    UPDATE orders SET a = 1 WHERE id BETWEEN i * 1000 + j * 100 AND i * 1000 + j * 100 + 99;
  END LOOP;
  COMMIT;
END LOOP; END $$;
--- good
DO $$ DECLARE r record; BEGIN FOR r IN SELECT lower, upper FROM ranges LOOP
  UPDATE orders SET a = 1 WHERE id BETWEEN r.lower AND r.upper;
END LOOP; END $$;
--- good
DO $$ BEGIN FOR r IN SELECT id FROM people LOOP
  UPDATE people SET last = (SELECT day FROM visits WHERE person = r.id LIMIT 1) WHERE id = r.id;
END LOOP; END $$;
--- good
DO $$ BEGIN LOOP
  UPDATE orders SET a = 1 WHERE id = (SELECT id FROM orders WHERE a IS NULL LIMIT 1);
  EXIT WHEN NOT FOUND;
END LOOP; END $$;
--- good
DO $$ BEGIN LOOP
  BEGIN
    UPDATE orders SET a = 1 WHERE id BETWEEN 1 AND 100;
    EXIT;
  EXCEPTION WHEN lock_not_available THEN PERFORM pg_sleep(1);
  END;
END LOOP; END $$;
--- good
DO $$ BEGIN FOR i IN 1..9 LOOP
  PERFORM 1;
END LOOP;
UPDATE orders SET a = 1 WHERE id BETWEEN 1 AND 100;
END $$;
--- good
CREATE TABLE orders (id int, a int);
DO $$ BEGIN FOR i IN 0..999 LOOP
  DELETE FROM orders WHERE id BETWEEN i * 1000 AND i * 1000 + 999;
END LOOP; END $$;
--- good
DO $$ DECLARE c CURSOR FOR SELECT lower, upper FROM ranges; BEGIN OPEN c; LOOP
  FETCH c INTO r;
  EXIT WHEN NOT FOUND;
  UPDATE orders SET a = 1 WHERE id BETWEEN r.lower AND r.upper;
END LOOP; END $$;
--- good
DO $$ BEGIN <<all_of_them>> FOREACH r IN ARRAY ranges LOOP
  UPDATE orders SET a = 1 WHERE id BETWEEN r.lower AND r.upper;
END LOOP; END $$;
--- good
DO $$ BEGIN FOR i IN 1..100 LOOP
  UPDATE orders SET tags = ARRAY(SELECT tag FROM tags WHERE tags.o = i ORDER BY n LIMIT 5) WHERE id = i;
END LOOP; END $$;
--- good
DO $$ BEGIN FOR i IN 1..100 LOOP
  UPDATE orders SET a = 1 WHERE number = i AND tag IN (SELECT tag FROM tags LIMIT 5);
END LOOP; END $$;
--- bad
DO $$ BEGIN LOOP
  UPDATE orders SET a = 1 WHERE state = 'new' AND id IN (SELECT id FROM shop.orders WHERE a IS NULL LIMIT 1000);
  EXIT WHEN NOT FOUND;
END LOOP; END $$;
--- bad
DO $$ BEGIN LOOP
  WITH batch AS (DELETE FROM queue WHERE id IN (SELECT id FROM queue LIMIT 100) RETURNING order_id)
  UPDATE orders SET a = 1 FROM batch WHERE orders.id = batch.order_id;
  EXIT WHEN NOT FOUND;
END LOOP; END $$;
--- bad
UPDATE people SET last = (SELECT day FROM visits WHERE person = people.id ORDER BY day LIMIT 1) WHERE last IS NULL;
--- good
UPDATE people SET last = (SELECT day FROM visits WHERE person = people.id ORDER BY day LIMIT 1) WHERE id = 5;
--- good
DO $$ DECLARE chosen int := 5; BEGIN
  UPDATE orders SET a = 1 WHERE id = chosen;
END $$;
--- good
DO $$ BEGIN FOR r IN SELECT id, a FROM lines LOOP
  UPDATE orders AS o SET a = r.a WHERE o.id = r.id;
  DELETE FROM orders WHERE id > r.low AND r.high >= id;
END LOOP; END $$;
--- bad
DO $$ BEGIN
  UPDATE orders AS o SET a = 1 WHERE o.sent = o.received;
END $$;
--- bad
DO $$ BEGIN FOR r IN SELECT id FROM lines LOOP
  UPDATE orders SET a = 1 WHERE id > r.id;
END LOOP; END $$;
--- bad
DO $$ BEGIN WHILE low < high LOOP
  UPDATE orders SET a = 1 WHERE id > low AND id <= low_and_more;
END LOOP; END $$;
--- history
CREATE TABLE orders (sent date, received date);
--- bad
DO $$ BEGIN
  UPDATE orders SET a = 1 WHERE sent = received;
END $$;
--- good
DO $$ BEGIN
  UPDATE orders SET a = 1 WHERE sent = chosen;
END $$;
--- history
CREATE TYPE mood AS ENUM ('ok', 'bad');
CREATE TABLE orders (id bigint PRIMARY KEY, state text, code text UNIQUE, done boolean, felt mood, note text);
--- good
UPDATE orders SET state = 'new' WHERE state = 'old';
--- bad
UPDATE orders SET note = 'x' WHERE done = true;
--- bad
DELETE FROM orders WHERE felt = 'bad';
--- good
UPDATE orders SET state = 'new' WHERE state = 'old' AND id = 5;
--- good
UPDATE orders SET code = 'b' WHERE code = 'a';
--- good
UPDATE orders SET note = 'x' WHERE state = 'old';
--- good
UPDATE unheard_of SET state = 'new' WHERE state = 'old';
--- good
UPDATE orders SET state = 'new' WHERE state = 'old' AND id IN (SELECT id FROM orders LIMIT 1000);
