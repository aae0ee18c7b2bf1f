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
--- history
CREATE TABLE old (id bigint NOT NULL, day int NOT NULL, note text);
--- bad
CREATE VIEW seen AS SELECT * FROM old;
DELETE FROM seen;
--- good
PREPARE emptying AS DELETE FROM old;
--- bad
PREPARE emptying AS DELETE FROM old;
EXECUTE emptying;
--- bad
CREATE PROCEDURE empty() LANGUAGE sql BEGIN ATOMIC DELETE FROM old; END;
CALL empty();
--- good
CREATE PROCEDURE empty() LANGUAGE sql BEGIN ATOMIC DELETE FROM old; END;
