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
