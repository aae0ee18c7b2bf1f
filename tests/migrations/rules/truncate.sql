--- bad
TRUNCATE orders;
--- bad
TRUNCATE TABLE ONLY app.orders RESTART IDENTITY CASCADE;
--- bad
CREATE TABLE scratch (a int);
TRUNCATE scratch, orders;
--- bad
CREATE TABLE scratch (a int);
INSERT INTO scratch VALUES (1);
TRUNCATE scratch;
--- bad
DO $$ BEGIN EXECUTE format('TRUNCATE %I', 'orders'); END $$;
--- good
CREATE TABLE scratch (a int);
TRUNCATE scratch;
--- good
DELETE FROM orders;
--- good
SELECT 'TRUNCATE orders';
--- history
CREATE TABLE old (id bigint NOT NULL, day int NOT NULL, note text);
--- bad
CREATE TABLE above (LIKE old);
ALTER TABLE old INHERIT above;
TRUNCATE above;
