--- bad
DELETE FROM orders;
--- bad
DELETE FROM ONLY app.orders WHERE true;
--- bad
DELETE FROM orders USING notes;
--- bad
WITH gone AS (DELETE FROM orders RETURNING *) INSERT INTO archive SELECT * FROM gone;
--- good
DELETE FROM orders WHERE id = 1;
--- good
TRUNCATE orders;
--- good
CREATE TEMPORARY TABLE scratch AS SELECT 1 AS a;
DELETE FROM scratch;
--- good
DELETE FROM orders USING gone WHERE gone.id = orders.id;
--- bad
PREPARE gone AS DELETE FROM orders; EXECUTE gone;
