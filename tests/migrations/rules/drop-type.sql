--- bad
DROP TYPE mood;
--- bad
DROP DOMAIN IF EXISTS app.amount CASCADE;
--- good
CREATE TYPE mood AS ENUM ('good');
DROP TYPE mood;
--- good
DROP TABLE mood;
--- good
CREATE TYPE pair AS (a int, b int);
DROP TYPE pair;
--- good
CREATE TYPE mood AS ENUM ('sad');
ALTER TYPE mood RENAME TO feeling;
DROP TYPE feeling;
