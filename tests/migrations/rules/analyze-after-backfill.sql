--- bad
UPDATE orders SET a = 1;
ANALYZE notes;
--- bad
INSERT INTO orders SELECT * FROM notes;
VACUUM orders;
--- good
UPDATE orders SET a = 1;
ANALYZE public.orders;
--- good
UPDATE orders SET a = 1;
VACUUM (ANALYZE);
--- good
INSERT INTO settings VALUES ('k', 'v');
