--- bad
DROP INDEX orders_customer;
--- bad
DROP INDEX IF EXISTS app.orders_customer, app.orders_day;
--- good
DROP INDEX CONCURRENTLY orders_customer;
--- good
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
CREATE INDEX orders_customer ON orders (customer_id);
DROP INDEX orders_customer;
--- good
CREATE TABLE fresh (a int);
CREATE INDEX first ON fresh (a);
ALTER INDEX first RENAME TO second;
DROP INDEX second;
--- history
CREATE TABLE t (id int PRIMARY KEY);
--- good
DROP INDEX t_pkey;
