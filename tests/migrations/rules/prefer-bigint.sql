--- bad
CREATE TABLE a (b integer);
--- bad
ALTER TABLE a ADD COLUMN b int4[];
--- bad
CREATE TABLE a (b serial);
--- good
CREATE TABLE a (b bigint, c bigserial, d text);
