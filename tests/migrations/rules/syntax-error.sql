--- bad
ALTER TABEL orders;
--- bad
SELECT 1;
CREATE TABLE a (;
--- good
SELECT 1;
--- good server=18
ALTER TABLE a ADD CONSTRAINT c NOT NULL b NOT VALID;
--- bad server=17
ALTER TABEL orders ADD COLUMN a int;
--- bad server=16
ALTER TABLE orders SET ACCESS METHOD DEFAULT;
--- good server=17
ALTER TABLE orders SET ACCESS METHOD DEFAULT;
--- bad server=18
CREATE TABLE a (b text STORAGE external, c int NTO NULL);
