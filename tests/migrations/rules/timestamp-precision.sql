--- bad
CREATE TABLE a (b timestamptz(0));
--- good
CREATE TABLE a (b timestamptz, c timestamptz(6));
