--- history
CREATE TABLE orders (id int, total int, note text);
CREATE VIEW totals AS SELECT id, total FROM orders;
--- bad
ALTER TABLE orders ALTER COLUMN total TYPE bigint;
--- bad
ALTER TABLE orders DROP COLUMN total;
--- good
ALTER TABLE orders DROP COLUMN note;
--- good
DROP VIEW totals;
ALTER TABLE orders ALTER COLUMN total TYPE bigint;
--- history
CREATE TABLE orders (id int, total int, note text);
CREATE MATERIALIZED VIEW sums AS SELECT sum(total) FROM orders;
CREATE VIEW whole AS SELECT * FROM app.orders;
--- good
ALTER TABLE orders DROP COLUMN note;
--- bad
ALTER TABLE app.orders DROP COLUMN note;
--- history
CREATE TABLE lines (id int, note text, price int);
CREATE MATERIALIZED VIEW prices AS SELECT price FROM lines;
--- bad
ALTER TABLE lines DROP COLUMN price;
--- bad
ALTER TABLE lines ALTER COLUMN price TYPE bigint;
--- good
ALTER TABLE lines DROP COLUMN note;
--- history
CREATE TABLE orders (id int, total int, note text);
CREATE VIEW totals AS SELECT total FROM orders;
ALTER TABLE orders RENAME TO sales;
ALTER TABLE sales RENAME COLUMN total TO amount;
ALTER VIEW totals RENAME TO amounts;
--- bad
ALTER TABLE sales DROP COLUMN amount;
--- good
ALTER TABLE sales DROP COLUMN note;
--- good
DROP VIEW amounts;
ALTER TABLE sales DROP COLUMN amount;
--- bad
CREATE TABLE q (a int);
CREATE VIEW v AS SELECT a FROM q;
ALTER TABLE q DROP COLUMN a;
--- history
CREATE TABLE parcels (id bigint, weight int, heavy boolean GENERATED ALWAYS AS (weight > 9) STORED,
                      owner text, state text, city text);
CREATE POLICY own ON parcels USING (owner = current_user);
CREATE POLICY near ON parcels USING (id IN (SELECT city FROM places));
CREATE TRIGGER moved AFTER UPDATE OF state ON parcels FOR EACH ROW EXECUTE FUNCTION note();
CREATE TRIGGER far BEFORE INSERT ON parcels FOR EACH ROW WHEN (NEW.city <> 'a')
EXECUTE FUNCTION note();
--- bad
ALTER TABLE parcels ALTER COLUMN weight TYPE bigint;
--- bad
ALTER TABLE parcels DROP COLUMN owner;
--- bad
ALTER TABLE parcels ALTER COLUMN state TYPE varchar(9);
--- bad
ALTER TABLE parcels RENAME COLUMN city TO town;
ALTER TABLE parcels DROP COLUMN town;
--- good
ALTER TABLE parcels DROP COLUMN heavy, ALTER COLUMN weight TYPE bigint;
--- good
ALTER TABLE parcels ALTER COLUMN heavy DROP EXPRESSION;
ALTER TABLE parcels ALTER COLUMN weight TYPE bigint;
--- good
ALTER POLICY own ON parcels RENAME TO mine;
DROP POLICY mine ON parcels;
ALTER TABLE parcels DROP COLUMN owner;
--- good
DROP TRIGGER moved ON parcels;
DROP TRIGGER far ON parcels;
ALTER TABLE parcels DROP COLUMN state, DROP COLUMN city;
--- good
ALTER TABLE parcels DROP COLUMN owner CASCADE, ALTER COLUMN id TYPE int;
--- history
CREATE TABLE t (a int, b int, c int);
CREATE RULE kept AS ON UPDATE TO t WHERE OLD.a > 1 DO INSTEAD INSERT INTO log VALUES (NEW.b);
--- bad
ALTER TABLE t ALTER COLUMN a TYPE bigint;
--- bad
ALTER TABLE t DROP COLUMN b;
--- good
ALTER TABLE t DROP COLUMN c;
--- good
DROP RULE kept ON t;
ALTER TABLE t DROP COLUMN a;
--- history
CREATE TABLE parts (at date, a int) PARTITION BY RANGE (at);
--- bad
ALTER TABLE parts DROP COLUMN at;
--- good
ALTER TABLE parts DROP COLUMN a;
--- history
CREATE TABLE t (id int, a int, b int, c int, d int);
CREATE TABLE u (c t[]);
CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT a FROM t; END;
CREATE TABLE p (id int, a int, b int, c int);
CREATE PUBLICATION pub FOR TABLE p (id, a) WHERE (b > 1);
--- bad
ALTER TABLE t DROP COLUMN a;
--- good
ALTER TABLE t DROP COLUMN b;
--- good
DROP FUNCTION f;
ALTER TABLE t DROP COLUMN a;
--- bad
ALTER TABLE t ADD COLUMN e int DEFAULT 1;
--- good
ALTER TABLE t ADD COLUMN e int, ADD COLUMN f int DEFAULT NULL;
--- bad
ALTER TABLE t ALTER b TYPE bigint;
--- bad
ALTER TABLE p ALTER a TYPE bigint;
--- bad
ALTER TABLE p DROP COLUMN b;
--- good
ALTER TABLE p ALTER c TYPE bigint;
--- good
DROP PUBLICATION pub;
ALTER TABLE p DROP COLUMN b;
--- history
CREATE TABLE p (d int, w varchar(10)) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE VIEW v AS SELECT w FROM p1;
--- bad
ALTER TABLE p ALTER w TYPE text;
--- good
ALTER TABLE p DETACH PARTITION p1;
ALTER TABLE p ALTER w TYPE text;
--- history
CREATE TABLE versions (id int, crate int);
CREATE TABLE loads (id int, version int, n int, day date);
CREATE VIEW recent AS SELECT crate, sum(loads.n) FROM loads JOIN versions ON loads.version = versions.id
    GROUP BY crate;
CREATE VIEW starred AS SELECT v.* FROM versions v, loads l WHERE l.version = v.id;
CREATE VIEW sorted AS SELECT n AS day FROM loads ORDER BY day;
CREATE VIEW named AS WITH loads AS (SELECT crate AS day FROM versions) SELECT loads.day FROM loads;
--- good
ALTER TABLE loads DROP COLUMN id, DROP COLUMN day;
--- bad
ALTER TABLE loads DROP COLUMN version;
--- bad
ALTER TABLE loads DROP COLUMN n;
--- bad
ALTER TABLE versions DROP COLUMN id;
--- bad
ALTER TABLE versions DROP COLUMN crate;
--- history
CREATE TABLE chats (id int, talk int, prompt int);
CREATE TABLE talks (id int, owner int, prompt int);
CREATE TABLE users (id int, name text);
CREATE VIEW metrics AS SELECT c.prompt, (SELECT owner FROM talks t WHERE t.id = c.talk) FROM chats c;
CREATE VIEW near AS SELECT 1 FROM users WHERE EXISTS (SELECT 1 FROM talks WHERE name = 'a' AND owner = 1);
--- good
ALTER TABLE talks DROP COLUMN prompt;
ALTER TABLE chats DROP COLUMN id;
--- bad
ALTER TABLE talks DROP COLUMN owner;
--- bad
ALTER TABLE chats DROP COLUMN talk;
--- bad
ALTER TABLE users DROP COLUMN name;
--- bad
ALTER TABLE talks RENAME COLUMN owner TO holder;
ALTER TABLE talks DROP COLUMN holder;
--- history
CREATE TABLE a (k int, x int);
CREATE TABLE b (k int, y int);
CREATE VIEW joined AS SELECT x FROM a JOIN b USING (k);
CREATE VIEW beside AS SELECT s.y FROM a, (SELECT k AS y FROM a) s;
--- bad
ALTER TABLE b DROP COLUMN k;
--- good
ALTER TABLE b DROP COLUMN y;
