--- bad
ALTER TABLE users ADD COLUMN whole text GENERATED ALWAYS AS (first || last) STORED;
--- good
ALTER TABLE users ADD COLUMN whole text;
--- good
CREATE TABLE users (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
