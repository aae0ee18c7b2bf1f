--- bad
ALTER TABLE users ALTER COLUMN name TYPE text COLLATE "C";
--- good
ALTER TABLE users ALTER COLUMN name TYPE text;
--- history
CREATE TABLE users (name text COLLATE "C");
--- good
ALTER TABLE users ALTER COLUMN name TYPE text COLLATE "C";
--- history
CREATE TABLE t (a varchar(10) COLLATE "C", b text, c varchar(10) COLLATE "C", d text COLLATE "C");
CREATE INDEX i ON t (a);
CREATE INDEX j ON t (b) INCLUDE (d);
--- bad
ALTER TABLE t ALTER a TYPE varchar(20);
--- bad
ALTER TABLE t ALTER a TYPE text;
--- bad
ALTER TABLE t ALTER c TYPE text;
--- bad
ALTER TABLE t ALTER b TYPE text COLLATE "C";
--- good
ALTER TABLE t ALTER a TYPE varchar(20) COLLATE "C";
--- good
ALTER TABLE t ALTER b TYPE text COLLATE "default", ALTER b TYPE varchar;
--- good
ALTER TABLE t ALTER d TYPE text COLLATE "POSIX";
--- history
CREATE DOMAIN plain AS text;
CREATE DOMAIN bytewise AS text COLLATE "C";
CREATE DOMAIN below AS bytewise;
CREATE TABLE t (c text, x text, d bytewise);
CREATE INDEX i ON t (c);
CREATE INDEX j ON t (d);
--- bad
ALTER TABLE t ALTER COLUMN c TYPE bytewise;
--- bad
ALTER TABLE t ALTER COLUMN c TYPE below;
--- bad
CREATE DOMAIN short AS varchar(50) COLLATE "POSIX";
ALTER TABLE t ALTER COLUMN c TYPE short;
--- bad
ALTER TABLE unheard_of ALTER COLUMN c TYPE bytewise;
--- bad
ALTER TABLE t ALTER COLUMN d TYPE text;
--- bad
ALTER TABLE t ALTER COLUMN d TYPE plain;
--- good
ALTER TABLE t ALTER COLUMN c TYPE plain, ALTER COLUMN d TYPE below, ALTER COLUMN x TYPE bytewise;
--- good
ALTER TABLE t ALTER COLUMN d TYPE text COLLATE "C";
