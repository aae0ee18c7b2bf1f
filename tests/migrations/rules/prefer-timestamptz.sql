--- bad
CREATE TABLE a (b timestamp without time zone);
--- bad
ALTER TABLE a ALTER COLUMN b TYPE timestamp(3);
--- good
CREATE TABLE a (b timestamptz, c timestamp with time zone);
