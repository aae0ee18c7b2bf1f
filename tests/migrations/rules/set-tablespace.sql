--- bad
ALTER TABLE orders SET TABLESPACE fast;
--- bad
ALTER INDEX orders_id SET TABLESPACE fast;
--- bad
ALTER TABLE ALL IN TABLESPACE slow SET TABLESPACE fast;
--- good
CREATE TABLE orders (id int) TABLESPACE fast;
--- history
CREATE TABLE events (id int) PARTITION BY RANGE (id);
--- good
ALTER TABLE events SET TABLESPACE fast;
