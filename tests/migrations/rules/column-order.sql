--- bad
CREATE TABLE a (b boolean, c bigint, d boolean, e bigint);
--- good
CREATE TABLE a (c bigint, e bigint, b boolean, d boolean, f text);
