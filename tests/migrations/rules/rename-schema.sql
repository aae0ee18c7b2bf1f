--- bad
ALTER SCHEMA app RENAME TO shop;
--- good
CREATE SCHEMA app;
ALTER SCHEMA app RENAME TO shop;
