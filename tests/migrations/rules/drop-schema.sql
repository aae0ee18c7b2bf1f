--- bad
DROP SCHEMA app;
--- bad
DROP SCHEMA IF EXISTS app, "Old" CASCADE;
--- good
DROP TABLE app.orders;
--- good
CREATE SCHEMA scratch;
CREATE TABLE scratch.lines (id int);
DROP SCHEMA scratch;
