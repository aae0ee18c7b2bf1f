--- bad
TRUNCATE orders CASCADE;
--- bad
TRUNCATE a, b, c CASCADE;
--- good
TRUNCATE orders;
--- good
DROP TABLE orders CASCADE;
