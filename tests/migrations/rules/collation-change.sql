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
