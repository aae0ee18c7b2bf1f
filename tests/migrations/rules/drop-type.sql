--- bad
DROP TYPE mood;
--- bad
DROP DOMAIN IF EXISTS app.amount CASCADE;
--- good
CREATE TYPE mood AS ENUM ('good');
DROP TYPE mood;
--- good
DROP TABLE mood;
