--- bad
VACUUM FULL orders;
--- bad
VACUUM (FULL, ANALYZE) orders, notes;
--- bad
VACUUM FULL;
--- good
VACUUM (FULL false) orders;
--- good
VACUUM ANALYZE orders;
--- good
SELECT 'VACUUM FULL orders';
