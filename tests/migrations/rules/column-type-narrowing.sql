--- bad
ALTER TABLE users ALTER COLUMN id TYPE integer;
--- good
ALTER TABLE users ALTER COLUMN id TYPE bigint;
--- history
CREATE TABLE t (big bigint, small smallint, s text, v varchar(10), n numeric(10,2), at timestamptz);
--- bad
ALTER TABLE t ALTER COLUMN big TYPE int;
--- bad
ALTER TABLE t ALTER COLUMN s TYPE varchar(20);
--- bad
ALTER TABLE t ALTER COLUMN n TYPE numeric(10,1);
--- bad
ALTER TABLE t ALTER COLUMN at TYPE date;
--- good
ALTER TABLE t ALTER COLUMN small TYPE int, ALTER COLUMN v TYPE varchar(20), ALTER COLUMN n TYPE numeric;
--- history
CREATE TABLE t (i interval, j interval(1));
--- bad
ALTER TABLE t ALTER i TYPE interval(1);
--- bad
ALTER TABLE t ALTER i TYPE interval day to minute;
--- good
ALTER TABLE t ALTER j TYPE interval day to second(3);
