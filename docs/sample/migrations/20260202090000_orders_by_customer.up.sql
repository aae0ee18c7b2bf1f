-- The shop stays open while this index is built, so it cannot run in a transaction.
CREATE INDEX CONCURRENTLY orders_by_customer ON orders (customer_id, placed_at DESC);
