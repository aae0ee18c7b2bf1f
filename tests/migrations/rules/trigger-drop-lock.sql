--- bad
DROP TRIGGER IF EXISTS audit ON orders;
--- good
CREATE TABLE orders (id int);
DROP TRIGGER IF EXISTS audit ON orders;
