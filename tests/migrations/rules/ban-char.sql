--- bad
CREATE TABLE a (b char);
--- bad
ALTER TABLE a ADD COLUMN b character(10);
--- good
CREATE TABLE a (b varchar(10), c text, d "char");
