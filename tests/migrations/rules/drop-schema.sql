--- bad
DROP SCHEMA app;
--- bad
DROP SCHEMA IF EXISTS app, "Old" CASCADE;
--- good
DROP TABLE app.orders;
