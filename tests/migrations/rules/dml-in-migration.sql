--- bad
INSERT INTO orders VALUES (1);
--- bad
DELETE FROM orders WHERE id = 1;
--- bad
UPDATE orders SET a = 1 WHERE id = 1;
--- bad
UPDATE pg_attribute SET attnotnull = true WHERE attname = 'id';
--- good
SELECT 1;
--- good
CREATE TABLE colours (name text);
INSERT INTO colours VALUES ('red');
