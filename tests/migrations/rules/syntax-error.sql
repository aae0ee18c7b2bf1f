--- bad
ALTER TABEL orders;
--- bad
SELECT 1;
CREATE TABLE a (;
--- good
SELECT 1;
--- good server=18
ALTER TABLE a ADD CONSTRAINT c NOT NULL b NOT VALID;
