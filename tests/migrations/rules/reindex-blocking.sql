--- bad
REINDEX INDEX orders_customer;
--- bad
REINDEX (VERBOSE) TABLE orders;
--- good
REINDEX INDEX CONCURRENTLY orders_customer;
--- good
REINDEX (CONCURRENTLY) TABLE orders;
