--- bad
DROP VIEW IF EXISTS app.sums;
--- bad
DROP MATERIALIZED VIEW sums;
--- bad
DROP VIEW sums;
CREATE VIEW sums AS SELECT 1 AS a;
--- good
BEGIN;
DROP VIEW sums;
CREATE VIEW public.sums AS SELECT 1 AS a;
COMMIT;
--- good
CREATE VIEW sums AS SELECT 1 AS a;
DROP VIEW sums;
