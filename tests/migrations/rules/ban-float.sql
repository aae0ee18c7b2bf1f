--- bad
CREATE TABLE a (b double precision);
--- bad
ALTER TABLE a ADD COLUMN b real;
--- good
CREATE TABLE a (b numeric);
