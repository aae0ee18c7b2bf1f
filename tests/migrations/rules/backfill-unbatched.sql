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
