--- bad
BEGIN;
ALTER TABLE orders ADD COLUMN a int;
UPDATE orders SET a = 1;
COMMIT;
--- bad in-transaction
ALTER TABLE orders ADD COLUMN a int;
DELETE FROM notes WHERE a IS NULL;
--- bad
BEGIN;
UPDATE orders SET a = 1;
ALTER TABLE orders ALTER COLUMN a SET NOT NULL;
COMMIT;
--- bad
DO $$ BEGIN ALTER TABLE orders ADD COLUMN a int; UPDATE orders SET a = 1; END $$;
--- good
ALTER TABLE orders ADD COLUMN a int;
UPDATE orders SET a = 1;
--- good
BEGIN;
ALTER TABLE orders ADD COLUMN a int;
COMMIT;
UPDATE orders SET a = 1;
--- good
BEGIN;
ALTER TABLE orders ADD COLUMN a int;
INSERT INTO versions VALUES ('1');
COMMIT;
--- bad
BEGIN; ALTER TABLE orders ADD COLUMN a int; UPDATE orders SET a = 1 WHERE status = 'x'; COMMIT;
--- bad
BEGIN; ALTER TABLE orders ADD COLUMN a int; UPDATE orders SET a = 1 WHERE id > 0; COMMIT;
--- bad
BEGIN; UPDATE orders SET a = 1 WHERE status = 'x'; ALTER TABLE orders DROP COLUMN b; COMMIT;
--- bad
BEGIN; DROP INDEX orders_at; UPDATE orders SET a = 1; COMMIT;
--- bad
BEGIN; UPDATE orders SET a = 1; DROP INDEX orders_at; COMMIT;
--- good
BEGIN; ALTER TABLE orders ADD COLUMN a int; UPDATE orders SET a = 1 WHERE id = 5; COMMIT;
--- good
BEGIN; ALTER TABLE orders ADD COLUMN a int; DELETE FROM orders WHERE id IN (1, 2); COMMIT;
--- good
BEGIN; ALTER TABLE orders ADD COLUMN a int; UPDATE orders SET a = 1 WHERE id > 1 AND id <= 9; COMMIT;
--- good
BEGIN;
ALTER TABLE orders ADD COLUMN a int;
UPDATE alembic_version SET version_num = 'b' WHERE alembic_version.version_num = 'a';
COMMIT;
--- history
CREATE TABLE parent (id bigint PRIMARY KEY, code text);
--- bad in-transaction
CREATE TABLE child (parent_id bigint REFERENCES parent);
INSERT INTO child SELECT id FROM parent;
--- good in-transaction
CREATE TABLE child (parent_id bigint REFERENCES parent);
INSERT INTO child VALUES (1), (2);
INSERT INTO child SELECT id FROM parent WHERE code = 'a';
INSERT INTO child SELECT parent_id FROM child;
--- good
CREATE TABLE child (parent_id bigint REFERENCES parent);
INSERT INTO child SELECT id FROM parent;
--- good in-transaction
CREATE TABLE child (parent_id bigint);
INSERT INTO child SELECT id FROM parent;
--- history
CREATE TABLE roles (id bigint PRIMARY KEY, name text);
--- good in-transaction
CREATE TABLE ext (role_id bigint PRIMARY KEY REFERENCES roles, d text);
INSERT INTO ext SELECT 1, 'x' WHERE EXISTS (SELECT 1 FROM roles WHERE id = 3);
INSERT INTO ext SELECT (SELECT id FROM roles WHERE name = 'a'), 'x';
INSERT INTO ext SELECT r.id, v.d FROM (VALUES ('a', 'x'), ('b', 'y')) v (n, d) JOIN roles r ON r.name = v.n;
INSERT INTO ext SELECT oid::bigint, typname FROM pg_catalog.pg_type;
--- bad in-transaction
CREATE TABLE ext (role_id bigint PRIMARY KEY REFERENCES roles, d text);
INSERT INTO ext SELECT id, name FROM roles;
--- history
CREATE TABLE roles (id bigint PRIMARY KEY, name text);
--- good in-transaction
CREATE TABLE ext (role_id bigint PRIMARY KEY REFERENCES roles, d text);
WITH new (i, d) AS (VALUES (1, 'a'), (2, 'b')) INSERT INTO ext SELECT i, d FROM new;
