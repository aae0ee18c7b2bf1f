--- bad
ALTER TABLE orders ADD COLUMN a int;
--- bad
SET foo.lock_timeout = '1s';
DROP INDEX i;
--- bad
ALTER TABLE orders ADD COLUMN a int;
SET lock_timeout = '1s';
--- bad
BEGIN;
SET LOCAL lock_timeout = '1s';
COMMIT;
ALTER TABLE orders ADD COLUMN a int;
--- bad
SET lock_timeout = '1s';
RESET lock_timeout;
TRUNCATE orders;
--- bad
CREATE TABLE lines (order_id bigint REFERENCES orders (id));
--- good
SET lock_timeout = '1s';
ALTER TABLE orders ADD COLUMN a int;
--- good
BEGIN;
SET LOCAL lock_timeout TO 2000;
ALTER TABLE orders ADD COLUMN a int;
COMMIT;
--- good
CREATE INDEX CONCURRENTLY i ON orders (a);
--- good
CREATE TABLE orders (id bigint);
CREATE INDEX i ON orders (id);
--- bad
SELECT set_config('foo.lock_timeout', '1s', false);
ALTER TABLE orders ADD COLUMN a int;
--- bad
BEGIN;
SELECT set_config('lock_timeout', '1s', true);
COMMIT;
ALTER TABLE orders ADD COLUMN a int;
--- good
SELECT pg_catalog.set_config('Lock_Timeout', '1s', false);
ALTER TABLE orders ADD COLUMN a int;
--- good
BEGIN;
SELECT set_config('lock_timeout', '1s', true);
ALTER TABLE orders ADD COLUMN a int;
COMMIT;
--- bad
SET LOCAL lock_timeout = '2s';
BEGIN;
ALTER TABLE orders ADD COLUMN a int;
COMMIT;
--- bad
ALTER DOMAIN positive ADD CHECK (VALUE > 0);
--- bad
ALTER DOMAIN positive VALIDATE CONSTRAINT small;
--- good
ALTER DOMAIN positive ADD CHECK (VALUE > 0) NOT VALID;
--- bad
ALTER POLICY p ON t USING (true);
--- bad
DROP FUNCTION f CASCADE;
--- good
DROP FUNCTION f;
--- bad
REASSIGN OWNED BY a TO b;
--- bad
ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b;
--- bad
ALTER TYPE pair RENAME ATTRIBUTE a TO b CASCADE;
--- good
ALTER TYPE pair RENAME ATTRIBUTE a TO b;
--- history
CREATE TABLE t (a int);
CREATE INDEX i ON t (abs(a));
CREATE DOMAIN unused AS int;
CREATE DOMAIN used AS int;
CREATE TABLE v (a used);
--- good
ALTER INDEX i SET (fillfactor = 70);
--- good
ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 100;
--- bad
ALTER INDEX i SET (fastupdate = off);
--- good
ALTER DOMAIN unused SET NOT NULL;
--- bad
ALTER DOMAIN used SET NOT NULL;
--- history
CREATE TABLE p (id int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE pd PARTITION OF p DEFAULT;
CREATE INDEX p_id ON p (id);
CREATE TABLE e (id int) PARTITION BY RANGE (id);
CREATE VIEW v AS SELECT id FROM p;
CREATE TABLE plain (id int);
--- bad
REINDEX TABLE CONCURRENTLY p;
--- good
REINDEX INDEX CONCURRENTLY p_id;
--- good
REINDEX TABLE CONCURRENTLY plain;
--- bad
CREATE OR REPLACE VIEW v AS SELECT id, 1 AS one FROM p;
--- good
CREATE OR REPLACE VIEW w AS SELECT id FROM p;
--- bad
CREATE TABLE p2 (LIKE p INCLUDING ALL);
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (20) TO (30);
--- good
CREATE TABLE p2 (LIKE e INCLUDING ALL);
ALTER TABLE e ATTACH PARTITION p2 FOR VALUES FROM (20) TO (30);
--- good
CREATE TABLE n (id int PRIMARY KEY, parent int REFERENCES n);
--- bad
DROP SERVER far CASCADE;
--- good
DROP SERVER far;
--- history
CREATE SEQUENCE numbers;
--- bad
ALTER SEQUENCE numbers INCREMENT BY 2;
--- bad
DROP SEQUENCE numbers;
--- bad
ALTER SEQUENCE numbers RENAME TO figures;
--- bad
ALTER SEQUENCE numbers SET SCHEMA app;
--- good
CREATE SEQUENCE more;
ALTER SEQUENCE more INCREMENT BY 2;
ALTER SEQUENCE more RENAME TO fewer;
DROP SEQUENCE fewer;
--- bad
CREATE SEQUENCE more;
DROP SEQUENCE more;
ALTER TABLE orders ADD COLUMN a int;
--- bad
CREATE TABLE lines (id bigint);
CREATE INDEX lines_at ON lines (id);
DROP INDEX lines_at;
ALTER TABLE orders ADD COLUMN a int;
--- history
CREATE TABLE orders (id int);
CREATE INDEX orders_id ON orders (id);
CREATE MATERIALIZED VIEW counts AS SELECT count(*) FROM orders;
CREATE TYPE pair AS (a int, b int);
CREATE TYPE mood AS ENUM ('ok');
--- bad
ALTER TABLE orders SET (user_catalog_table = true);
--- bad
ALTER TABLE orders RESET (user_catalog_table);
--- good
ALTER TABLE orders SET (fillfactor = 70);
--- bad
ALTER INDEX orders_id DEPENDS ON EXTENSION pgcrypto;
--- bad
ALTER MATERIALIZED VIEW counts DEPENDS ON EXTENSION pgcrypto;
--- good
ALTER TRIGGER seen ON orders DEPENDS ON EXTENSION pgcrypto;
--- bad
ALTER TYPE pair RENAME TO two;
--- bad
ALTER TYPE pair OWNER TO keeper;
--- good
ALTER TYPE mood RENAME TO feeling;
--- good
ALTER TYPE mood OWNER TO keeper;
--- good
CREATE TYPE fresh AS (a int);
ALTER TYPE fresh OWNER TO keeper;
ALTER TYPE fresh RENAME TO stale;
--- history
CREATE TABLE orders (id int);
CREATE VIEW shown AS SELECT id FROM orders;
--- bad
ALTER TABLE shown SET (security_barrier);
--- history
CREATE TABLE parent (id bigint PRIMARY KEY);
--- bad
CREATE SCHEMA more CREATE TABLE child (parent_id bigint REFERENCES public.parent);
--- good
CREATE SCHEMA more CREATE TABLE child (parent_id bigint);
--- bad
CREATE TABLE IF NOT EXISTS shown_more (id int REFERENCES orders (id));
--- good
CREATE TABLE IF NOT EXISTS orders (id int REFERENCES orders (id));
