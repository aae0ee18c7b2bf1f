--- bad
REINDEX INDEX orders_customer;
--- bad
REINDEX (VERBOSE) TABLE orders;
--- good
REINDEX INDEX CONCURRENTLY orders_customer;
--- good
REINDEX (CONCURRENTLY) TABLE orders;
--- bad
REINDEX SCHEMA app;
--- bad
reindex (verbose) index app.orders_id;
--- good
CREATE TABLE fresh (id int);
CREATE INDEX fresh_id ON fresh (id);
REINDEX INDEX fresh_id;
--- bad server=11
REINDEX INDEX orders_customer;
