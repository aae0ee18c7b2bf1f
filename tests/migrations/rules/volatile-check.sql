--- bad
CREATE TABLE t (at timestamptz, CHECK (at < now()));
--- bad
ALTER TABLE t ADD COLUMN at date CHECK (at < CURRENT_DATE);
--- bad
CREATE DOMAIN past AS date CHECK (VALUE < CURRENT_DATE);
--- good
ALTER TABLE t ADD CONSTRAINT c CHECK (random_seed > 0 AND lower(name) = name);
