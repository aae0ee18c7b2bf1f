--- bad
ALTER TABLE users ALTER COLUMN id TYPE bigint;
--- bad
ALTER TABLE users ALTER COLUMN id SET DATA TYPE bigint USING id::bigint;
--- good
CREATE TABLE users (id int);
ALTER TABLE users ALTER COLUMN id TYPE bigint;
--- good
BEGIN;
CREATE TABLE copies AS SELECT * FROM orders;
ALTER TABLE copies ALTER COLUMN id TYPE bigint;
COMMIT;
--- good in-transaction
CREATE TABLE copies AS SELECT * FROM orders;
ALTER TABLE copies ALTER COLUMN id TYPE bigint;
--- bad
CREATE TABLE copies AS SELECT * FROM orders;
ALTER TABLE copies ALTER COLUMN id TYPE bigint;
--- bad
BEGIN;
CREATE TABLE copies AS SELECT * FROM orders;
COMMIT;
BEGIN;
ALTER TABLE copies ALTER COLUMN id TYPE bigint;
COMMIT;
--- history
CREATE TABLE t (id int, v20 varchar(20), v varchar, s text, n numeric(10,2), at timestamp, at3 timestamptz(3), a varchar(10)[], k varchar(20), e varchar(20), checked varchar(20) CHECK (length(checked) > 1), d int, ci text, hoped varchar(20));
CREATE INDEX t_e ON t (lower(e));
CREATE INDEX t_k ON t (id) WHERE k <> '';
ALTER TABLE t ADD CHECK (length(hoped) > 1) NOT VALID;
CREATE INDEX t_at ON t (at);
CREATE DOMAIN plain AS int;
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
--- good
ALTER TABLE t ALTER COLUMN v20 TYPE varchar(50);
--- good
ALTER TABLE t ALTER COLUMN v20 TYPE character varying, ALTER COLUMN v TYPE text, ALTER COLUMN s TYPE varchar USING s::varchar;
--- good
ALTER TABLE t ALTER COLUMN n TYPE numeric(12,2), ALTER COLUMN at3 TYPE timestamptz;
--- good
ALTER TABLE t ALTER COLUMN d TYPE plain, ALTER COLUMN d TYPE integer;
--- bad
ALTER TABLE t ALTER COLUMN id TYPE plain;
--- good
ALTER TABLE t ALTER COLUMN ci TYPE citext;
--- bad
ALTER TABLE t ALTER COLUMN v20 TYPE varchar(10);
--- bad
ALTER TABLE t ALTER COLUMN s TYPE varchar(255);
--- bad
ALTER TABLE t ALTER COLUMN s TYPE text USING trim(s);
--- bad
ALTER TABLE t ALTER COLUMN n TYPE numeric(12,4);
--- bad
ALTER TABLE t ALTER COLUMN at TYPE timestamptz;
--- bad
SET timezone = 'UTC';
ALTER TABLE t ALTER COLUMN at TYPE timestamptz;
--- bad
ALTER TABLE t ALTER COLUMN a TYPE varchar(20)[];
--- bad
ALTER TABLE t ALTER COLUMN id TYPE positive;
--- bad
ALTER TABLE t ALTER COLUMN e TYPE varchar(50);
--- bad
ALTER TABLE t ALTER COLUMN checked TYPE varchar(50);
--- bad
ALTER TABLE t ALTER COLUMN checked TYPE varchar(20);
--- bad
ALTER TABLE t ALTER COLUMN e TYPE varchar(20);
--- bad
ALTER TABLE t ALTER COLUMN k TYPE varchar(20);
--- good
ALTER TABLE t ALTER COLUMN v20 TYPE varchar(20), ALTER COLUMN hoped TYPE varchar(50);
--- history
CREATE TABLE orders (id int, code varchar(20));
CREATE TRIGGER seen BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION f();
ALTER TRIGGER seen ON orders RENAME TO noted;
ALTER POLICY p ON orders RENAME TO q;
ALTER SCHEMA orders RENAME TO sales;
--- good
ALTER TABLE orders ALTER COLUMN code TYPE text;
--- history
CREATE TABLE a.orders (id int, code varchar(20), kind oid);
ALTER SCHEMA a RENAME TO b;
CREATE TABLE c.orders (code varchar(20));
DROP SCHEMA c CASCADE;
--- good
ALTER TABLE b.orders ALTER COLUMN code TYPE text, ALTER COLUMN kind TYPE regclass;
--- bad
ALTER TABLE c.orders ALTER COLUMN code TYPE text;
--- bad
ALTER TYPE money_amount ALTER ATTRIBUTE cents TYPE bigint CASCADE;
--- good
ALTER TYPE money_amount ALTER ATTRIBUTE cents TYPE bigint;
--- history
CREATE DOMAIN short AS varchar(10);
CREATE DOMAIN plain AS text;
CREATE TABLE t (x int, p varchar(10), e numeric(10,2), i varchar(10), k varchar(10), d short, f plain, w int,
                EXCLUDE USING btree (w WITH =) WHERE (x > 1));
CREATE INDEX t_p ON t (p) WHERE x > 1;
CREATE INDEX t_e ON t (e, abs(x));
CREATE INDEX t_i ON t (x) INCLUDE (i);
CREATE INDEX t_k ON t (x) INCLUDE (k) WHERE x > 1;
--- bad
ALTER TABLE t ALTER p TYPE text;
--- bad
ALTER TABLE t ALTER e TYPE numeric(12,2);
--- bad
ALTER TABLE t ALTER p TYPE varchar(10);
--- bad
ALTER TABLE t ALTER k TYPE text;
--- bad
ALTER TABLE t ALTER w TYPE int;
--- good
ALTER TABLE t ALTER i TYPE text;
--- good
ALTER TABLE t ALTER i TYPE citext;
--- bad
ALTER TABLE t ALTER d TYPE varchar(20);
--- bad
ALTER TABLE t ALTER d TYPE varchar(10);
--- good
ALTER TABLE t ALTER d TYPE varchar, ALTER f TYPE text;
--- history
CREATE FOREIGN TABLE far (id int) SERVER other;
--- good
ALTER TABLE far ALTER id TYPE bigint;
--- history
CREATE TABLE p (d int, w varchar(10)) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE a (w varchar(10));
CREATE TABLE c (CHECK (w <> 'z')) INHERITS (a);
--- good
ALTER TABLE p ALTER w TYPE text;
--- bad
CREATE INDEX i ON p1 (lower(w));
ALTER TABLE p ALTER w TYPE text;
--- bad
ALTER TABLE a ALTER w TYPE text;
--- good
ALTER TABLE c NO INHERIT a;
ALTER TABLE a ALTER w TYPE text;
--- history
CREATE TABLE p (id int, v varchar(10), n numeric(10,2), c varchar(10), w varchar(10), UNIQUE (n, id)) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE INDEX p_v ON p (v);
CREATE INDEX p_c ON p (id) INCLUDE (c);
CREATE TABLE q (id int, v varchar(10)) PARTITION BY RANGE (id);
CREATE TABLE q1 PARTITION OF q FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id);
CREATE TABLE q11 PARTITION OF q1 FOR VALUES FROM (0) TO (10);
CREATE INDEX q1_v ON q1 (v);
CREATE TABLE r (id int, v varchar(10)) PARTITION BY RANGE (id);
CREATE TABLE r1 PARTITION OF r FOR VALUES FROM (0) TO (10);
CREATE INDEX r1_v ON r1 (v);
--- bad
ALTER TABLE p ALTER v TYPE text;
--- bad
ALTER TABLE p ALTER v TYPE varchar(10);
--- bad
ALTER TABLE p ALTER n TYPE numeric(12,2);
--- bad
ALTER TABLE p ALTER c TYPE varchar(20);
--- bad
ALTER TABLE q ALTER v TYPE text;
--- good
ALTER TABLE p ALTER w TYPE text;
--- good
ALTER TABLE r ALTER v TYPE text;
--- history
CREATE TYPE pair AS (a int, b int);
CREATE TYPE loose AS (a int);
CREATE TABLE pairs OF pair;
CREATE TABLE t (a int);
CREATE VIEW v AS SELECT a FROM t;
CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
--- bad
ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint CASCADE;
--- good
ALTER TYPE loose ALTER ATTRIBUTE a TYPE bigint CASCADE;
--- good
ALTER TABLE v ALTER COLUMN a TYPE bigint;
ALTER TABLE m ALTER COLUMN a TYPE bigint;
--- history
CREATE TABLE orders (id int PRIMARY KEY, total int);
CREATE TEMP VIEW orders AS SELECT 1 AS total;
--- bad
ALTER TABLE orders ALTER COLUMN total TYPE bigint;
--- history
CREATE TABLE tagged (id int, tags int[], named varchar(10)[], other int[], loose int[]);
CREATE INDEX tagged_tags ON tagged USING gin (tags, named);
CREATE INDEX tagged_other ON tagged (other);
CREATE INDEX tagged_loose ON tagged USING gin (loose gin__int_ops);
--- bad
ALTER TABLE tagged ALTER COLUMN tags TYPE int[];
--- bad
ALTER TABLE tagged ALTER COLUMN named TYPE varchar[];
--- good
ALTER TABLE tagged ALTER COLUMN other TYPE int[], ALTER COLUMN loose TYPE int[];
--- history
CREATE TABLE moments (id int, at timestamp, at3 timestamp(3));
--- good
SET timezone = 'UTC';
ALTER TABLE moments ALTER COLUMN at3 TYPE timestamptz;
--- bad
SET timezone = 'UTC';
ALTER TABLE moments ALTER COLUMN at3 TYPE timestamptz(3);
--- history
CREATE TABLE old (id int, note int);
--- bad
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'old') THEN
    CREATE TABLE old (id int, note int);
  END IF;
END $$;
ALTER TABLE old ALTER COLUMN note TYPE bigint;
--- bad
DO $$ BEGIN CREATE TABLE old (id int); EXCEPTION WHEN duplicate_table THEN NULL; END $$;
ALTER TABLE old ALTER COLUMN note TYPE bigint;
--- good
DO $$ BEGIN CREATE TABLE fresh (id int); EXCEPTION WHEN duplicate_table THEN NULL; END $$;
ALTER TABLE fresh ALTER COLUMN id TYPE bigint;
--- history
CREATE TABLE t (id int, a int);
CREATE FUNCTION c() RETURNS void LANGUAGE plpgsql AS 'BEGIN ALTER TABLE t ALTER a TYPE bigint; END';
CREATE FUNCTION b() RETURNS void LANGUAGE plpgsql AS 'BEGIN PERFORM c(); END';
CREATE FUNCTION a() RETURNS void LANGUAGE plpgsql AS 'BEGIN PERFORM b(); END';
--- bad
DO $$ BEGIN PERFORM a(); PERFORM b(); END $$;
