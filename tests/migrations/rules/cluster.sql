--- bad
CLUSTER;
--- bad
CLUSTER VERBOSE orders USING orders_day;
--- good
ALTER TABLE orders CLUSTER ON orders_day;
