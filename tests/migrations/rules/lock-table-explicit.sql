--- bad
BEGIN; LOCK TABLE orders; COMMIT;
--- bad
BEGIN; LOCK orders, notes IN SHARE ROW EXCLUSIVE MODE NOWAIT; COMMIT;
--- bad
BEGIN; LOCK TABLE orders IN ROW EXCLUSIVE MODE; COMMIT;
--- bad
BEGIN; LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE; COMMIT;
--- good
BEGIN; LOCK TABLE orders IN ROW SHARE MODE; COMMIT;
--- good
BEGIN; LOCK TABLE orders IN ACCESS SHARE MODE; COMMIT;
--- good
BEGIN; CREATE TABLE orders (id bigint); LOCK TABLE orders; COMMIT;
--- history
CREATE TABLE old (id bigint NOT NULL, day int NOT NULL, note text);
--- bad
CREATE VIEW seen AS SELECT * FROM old;
LOCK TABLE seen;
--- good
CREATE TABLE fresh (LIKE old);
CREATE VIEW seen AS SELECT * FROM fresh;
LOCK TABLE seen;
--- bad
CREATE TABLE above (LIKE old);
ALTER TABLE old INHERIT above;
LOCK TABLE above;
