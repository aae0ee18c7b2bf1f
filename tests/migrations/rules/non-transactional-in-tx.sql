--- bad
BEGIN;
VACUUM orders;
COMMIT;
--- bad in-transaction
ALTER SYSTEM SET work_mem = 1000;
--- bad in-transaction
CREATE DATABASE shop;
--- bad in-transaction
DISCARD ALL;
--- bad in-transaction
REINDEX SCHEMA app;
--- bad in-transaction
CREATE SUBSCRIPTION s CONNECTION 'host=a' PUBLICATION p;
--- bad
DO $$ BEGIN CLUSTER; END $$;
--- good
VACUUM orders;
--- good in-transaction
ANALYZE orders;
--- good in-transaction
CREATE SUBSCRIPTION s CONNECTION 'host=a' PUBLICATION p WITH (create_slot = false);
--- good in-transaction
CLUSTER orders USING orders_day;
--- history
CREATE TABLE events (id bigint, day date) PARTITION BY RANGE (day);
--- bad in-transaction
REINDEX TABLE events;
--- bad
BEGIN;
ALTER SUBSCRIPTION feed REFRESH PUBLICATION;
COMMIT;
--- bad
BEGIN;
ALTER SUBSCRIPTION feed SET PUBLICATION orders;
COMMIT;
--- good
BEGIN;
ALTER SUBSCRIPTION feed SET PUBLICATION orders WITH (refresh = false);
ALTER SUBSCRIPTION feed DISABLE;
COMMIT;
