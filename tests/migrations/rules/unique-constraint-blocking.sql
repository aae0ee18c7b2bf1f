--- bad
ALTER TABLE users ADD CONSTRAINT users_email UNIQUE (email);
--- bad
ALTER TABLE users ADD UNIQUE NULLS NOT DISTINCT (email);
--- bad
ALTER TABLE users ADD COLUMN email text UNIQUE;
--- good
CREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email);
ALTER TABLE users ADD CONSTRAINT users_email UNIQUE USING INDEX users_email;
--- good
CREATE TABLE users (email text);
ALTER TABLE users ADD UNIQUE (email);
--- good
BEGIN;
CREATE TABLE copies AS SELECT * FROM orders;
ALTER TABLE copies ADD UNIQUE (id);
COMMIT;
--- good in-transaction
CREATE TABLE copies AS SELECT * FROM orders;
ALTER TABLE copies ADD UNIQUE (id);
--- bad
CREATE TABLE copies AS SELECT * FROM orders;
ALTER TABLE copies ADD UNIQUE (id);
--- bad
BEGIN;
CREATE TABLE copies AS SELECT * FROM orders;
COMMIT;
BEGIN;
ALTER TABLE copies ADD UNIQUE (id);
COMMIT;
--- bad server=18
ALTER TABLE rooms ADD CONSTRAINT once UNIQUE (room, during WITHOUT OVERLAPS);
--- history
CREATE TABLE p (d int NOT NULL) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE UNIQUE INDEX p1_d ON p1 (d);
--- bad
ALTER TABLE p ADD CONSTRAINT whole UNIQUE (d);
--- good
ALTER TABLE p1 ADD CONSTRAINT p1_d UNIQUE USING INDEX p1_d;
ALTER TABLE p ADD CONSTRAINT whole UNIQUE (d);
--- history
CREATE TABLE pk (id int NOT NULL, d int NOT NULL) PARTITION BY RANGE (d);
CREATE TABLE pk1 PARTITION OF pk FOR VALUES FROM (0) TO (10);
CREATE TABLE plain (id int NOT NULL);
--- good
ALTER TABLE ONLY pk ADD CONSTRAINT pk_key UNIQUE (id, d);
--- bad
ALTER TABLE pk ADD CONSTRAINT pk_key UNIQUE (id, d);
--- bad
ALTER TABLE ONLY plain ADD CONSTRAINT plain_key UNIQUE (id);
--- bad
ALTER TABLE ONLY unheard ADD CONSTRAINT unheard_key UNIQUE (id);
