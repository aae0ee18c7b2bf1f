--- bad
CREATE UNLOGGED TABLE a (b int);
--- good
CREATE TABLE a (b int);
