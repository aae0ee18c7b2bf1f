--- bad
ALTER DOMAIN positive ADD CONSTRAINT small CHECK (VALUE < 100);
--- bad
ALTER DOMAIN positive SET NOT NULL;
--- bad
ALTER DOMAIN positive VALIDATE CONSTRAINT small;
--- good
ALTER DOMAIN positive ADD CONSTRAINT small CHECK (VALUE < 100) NOT VALID;
--- good
ALTER DOMAIN positive DROP CONSTRAINT small;
--- good
CREATE DOMAIN positive AS int;
ALTER DOMAIN positive SET NOT NULL;
--- history
CREATE DOMAIN positive AS int;
CREATE TABLE t (id int);
--- good
ALTER DOMAIN positive SET NOT NULL;
--- history
CREATE DOMAIN unused AS int;
CREATE DOMAIN base AS int;
CREATE DOMAIN used AS base;
CREATE TABLE t (a used);
--- good
ALTER DOMAIN unused ADD CHECK (VALUE > 0);
--- bad
ALTER DOMAIN used ADD CHECK (VALUE > 0);
--- bad
ALTER DOMAIN base ADD CHECK (VALUE > 0);
--- history
CREATE TABLE old (id int);
CREATE DOMAIN older AS int;
CREATE MATERIALIZED VIEW summed AS SELECT * FROM old;
--- bad
CREATE DOMAIN fresh AS int;
ALTER TABLE old ADD COLUMN size fresh;
ALTER DOMAIN fresh ADD CHECK (VALUE > 0);
--- bad
CREATE DOMAIN fresh AS int;
ALTER TABLE old ALTER COLUMN id TYPE fresh;
ALTER DOMAIN fresh ADD CONSTRAINT sized CHECK (VALUE > 0) NOT VALID;
ALTER DOMAIN fresh VALIDATE CONSTRAINT sized;
--- bad
CREATE DOMAIN fresh AS int;
ALTER TABLE unheard ALTER COLUMN id TYPE fresh;
ALTER DOMAIN fresh ADD CHECK (VALUE > 0);
--- good
CREATE DOMAIN fresh AS int;
CREATE TABLE made (size fresh);
INSERT INTO made VALUES (1);
ALTER DOMAIN fresh ADD CHECK (VALUE > 0);
--- good
ALTER DOMAIN older ADD CHECK (VALUE > 0);
--- history
CREATE TABLE old (id int);
CREATE DOMAIN older AS int;
CREATE MATERIALIZED VIEW summed AS SELECT id::older FROM old;
--- bad
ALTER DOMAIN older ADD CHECK (VALUE > 0);
