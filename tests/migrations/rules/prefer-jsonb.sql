--- bad
ALTER TABLE a ADD COLUMN b json;
--- good
CREATE TABLE a (b jsonb);
