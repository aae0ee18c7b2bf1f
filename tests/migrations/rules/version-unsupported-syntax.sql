--- bad server=14
MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE;
--- bad server=13
ALTER TABLE events DETACH PARTITION events_2020 CONCURRENTLY;
--- bad server=11
CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
--- bad server=11
REINDEX TABLE CONCURRENTLY t;
--- bad server=14
CREATE VIEW v WITH (security_invoker = true) AS SELECT 1;
--- good server=15
MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE;
--- good server=10
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY);
--- bad server=10
CALL fill();
--- bad server=13
CREATE TABLE t (a text COMPRESSION lz4);
--- bad server=14
ALTER VIEW v SET (security_invoker = true);
--- bad server=12
DROP DATABASE old WITH (FORCE);
--- bad server=14
CREATE PUBLICATION p FOR TABLES IN SCHEMA app;
--- bad server=9
ALTER TYPE state RENAME VALUE 'a' TO 'b';
--- bad server=11
BEGIN;
COMMIT AND CHAIN;
COMMIT;
--- bad server=11
WITH a AS MATERIALIZED (SELECT 1) SELECT * FROM a;
--- good server=11
CREATE MATERIALIZED VIEW v AS WITH a AS (SELECT 1) SELECT * FROM a;
--- bad server=11
COPY t FROM STDIN WHERE a > 1;
--- bad server=10
CREATE TRIGGER seen AFTER INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION f();
--- good server=10
CREATE TRIGGER seen AFTER INSERT ON t FOR EACH STATEMENT EXECUTE PROCEDURE f();
--- good server=10
SELECT "call", 'group by distinct' FROM t GROUP BY "distinct";
--- bad server=15
GRANT MAINTAIN ON orders TO anna;
--- good server=17
GRANT MAINTAIN ON orders TO anna;
--- bad server=17
ALTER TABLE orders ALTER COLUMN id SET DEFAULT uuidv7();
--- bad server=17
CREATE TABLE notes (id uuid DEFAULT uuidv7());
--- good server=18
CREATE TABLE notes (id uuid DEFAULT uuidv7());
--- good server=17
CREATE FUNCTION uuidv7() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()';
CREATE TABLE notes (id uuid DEFAULT uuidv7());
--- good server=17
CREATE TABLE notes (id uuid DEFAULT app.uuidv7());
--- history
CREATE TABLE events (a int, b int) PARTITION BY RANGE (a);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (2);
CREATE INDEX events_a ON events (a);
--- bad
CREATE INDEX CONCURRENTLY events_b ON events (b);
--- bad
DROP INDEX CONCURRENTLY events_a;
--- bad server=17
ALTER TABLE events ADD CONSTRAINT k FOREIGN KEY (b) REFERENCES kinds NOT VALID;
--- good server=18
ALTER TABLE events ADD CONSTRAINT k FOREIGN KEY (b) REFERENCES kinds NOT VALID;
--- bad
ALTER TABLE events ADD CONSTRAINT k UNIQUE USING INDEX events_a;
--- good
CREATE INDEX CONCURRENTLY events_1_b ON events_1 (b);
--- good
CREATE INDEX events_b ON ONLY events (b);
--- bad server=14
ALTER TABLE parcels ADD FOREIGN KEY (owner, code) REFERENCES owners ON DELETE SET NULL (code);
--- good server=15
ALTER TABLE parcels ADD FOREIGN KEY (owner, code) REFERENCES owners ON DELETE SET NULL (code);
--- good server=14
ALTER TABLE parcels ADD FOREIGN KEY (owner, code) REFERENCES owners ON DELETE SET NULL;
--- bad server=12
DROP DATABASE old (FORCE);
--- bad server=12
VACUUM (PARALLEL 2) parcels;
--- good server=13
VACUUM (PARALLEL 2) parcels;
--- bad
DROP INDEX CONCURRENTLY a, b;
--- bad
DROP INDEX CONCURRENTLY a CASCADE;
--- good
DROP INDEX a, b;
--- bad server=16
SET transaction_timeout = '5s';
--- good server=17
SET transaction_timeout = '5s';
--- bad server=14
CREATE TABLE n (a numeric(3, -2));
--- good
CREATE TABLE n (a numeric(3, -2));
--- history
CREATE TABLE t (a int NOT NULL, b int);
CREATE UNIQUE INDEX whole ON t (a);
CREATE UNIQUE INDEX part ON t (a) WHERE b > 1;
CREATE UNIQUE INDEX computed ON t (abs(a));
CREATE INDEX plain ON t (a);
CREATE MATERIALIZED VIEW m AS SELECT 1 AS one;
CREATE MATERIALIZED VIEW keyed AS SELECT 1 AS one;
CREATE UNIQUE INDEX ON keyed (one);
CREATE MATERIALIZED VIEW empty AS SELECT 1 AS one WITH NO DATA;
CREATE UNIQUE INDEX ON empty (one);
--- good
ALTER TABLE t ADD UNIQUE USING INDEX whole;
--- bad
ALTER TABLE t ADD UNIQUE USING INDEX part;
--- bad
ALTER TABLE t ADD UNIQUE USING INDEX computed;
--- bad
ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX plain;
--- bad
REFRESH MATERIALIZED VIEW CONCURRENTLY m;
--- good
REFRESH MATERIALIZED VIEW CONCURRENTLY keyed;
--- good
REFRESH MATERIALIZED VIEW CONCURRENTLY unheard_of;
--- bad
REFRESH MATERIALIZED VIEW CONCURRENTLY empty;
--- good
REFRESH MATERIALIZED VIEW empty;
REFRESH MATERIALIZED VIEW CONCURRENTLY empty;
--- history
CREATE TABLE p (d int, x int) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE pd PARTITION OF p DEFAULT;
CREATE INDEX whole ON p (d);
--- bad
ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY;
--- good
ALTER TABLE p DETACH PARTITION p1;
--- good
ALTER TABLE p DETACH PARTITION pd;
ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY;
--- bad
DROP INDEX p1_d_idx;
--- bad
DROP INDEX CONCURRENTLY p1_d_idx;
--- good
DROP INDEX whole;
--- bad
CREATE INDEX part ON ONLY p (x);
CREATE INDEX p1_x ON p1 (x);
ALTER INDEX part ATTACH PARTITION p1_x;
DROP INDEX p1_x;
--- good
ALTER TABLE p DETACH PARTITION p1;
DROP INDEX p1_d_idx;
--- bad server=10
ALTER TABLE p ADD PRIMARY KEY (d);
--- good server=11
ALTER TABLE p ADD PRIMARY KEY (d);
--- bad server=10
CREATE TABLE q (d int PRIMARY KEY) PARTITION BY RANGE (d);
--- bad server=11
CREATE TABLE q (d int REFERENCES p);
--- good server=12
CREATE TABLE q (d int REFERENCES p);
--- bad server=12
CREATE TRIGGER t BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION f();
--- good server=13
CREATE TRIGGER t BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION f();
--- good server=12
CREATE TRIGGER t AFTER INSERT ON p FOR EACH ROW EXECUTE FUNCTION f();
--- bad server=14
CLUSTER p USING whole;
--- good server=15
CLUSTER p USING whole;
--- bad server=16
ALTER TABLE p SET ACCESS METHOD heap;
--- good server=17
ALTER TABLE p SET ACCESS METHOD heap;
