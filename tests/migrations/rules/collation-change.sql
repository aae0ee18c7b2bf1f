--- bad
ALTER TABLE users ALTER COLUMN name TYPE text COLLATE "C";
--- good
ALTER TABLE users ALTER COLUMN name TYPE text;
--- history
CREATE TABLE users (name text COLLATE "C");
--- good
ALTER TABLE users ALTER COLUMN name TYPE text COLLATE "C";
