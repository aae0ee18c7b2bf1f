--- bad
CREATE TABLE a (b smallint);
--- bad
CREATE TABLE a (b serial2);
--- good
CREATE TABLE a (b int8);
