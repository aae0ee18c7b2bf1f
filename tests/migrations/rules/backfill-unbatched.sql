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
