--- bad
ALTER TABLE orders SET (autovacuum_enabled = false);
--- bad
CREATE TABLE orders (id bigint) WITH (autovacuum_enabled = off);
--- good
ALTER TABLE orders SET (autovacuum_enabled = true, fillfactor = 70);
