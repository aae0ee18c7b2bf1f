--- bad server=14
MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE;
--- bad server=13
ALTER TABLE events DETACH PARTITION events_2020 CONCURRENTLY;
--- bad server=11
CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED);
--- bad server=11
REINDEX TABLE CONCURRENTLY t;
--- bad server=14
CREATE VIEW v WITH (security_invoker = true) AS SELECT 1;
--- good server=15
MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE;
--- good server=10
CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY);
