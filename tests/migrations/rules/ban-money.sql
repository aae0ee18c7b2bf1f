--- bad
ALTER TABLE a ADD COLUMN b money;
--- good
CREATE TABLE a (b numeric(12, 2));
