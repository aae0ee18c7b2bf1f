--- bad
DROP TABLE orders CASCADE;
--- bad
DROP FUNCTION total(bigint) CASCADE;
--- bad
ALTER TABLE orders DROP COLUMN day CASCADE;
--- bad
ALTER TABLE orders DROP CONSTRAINT orders_pkey CASCADE;
--- good
DROP TABLE orders;
--- good
DROP TABLE orders RESTRICT;
--- good
CREATE TABLE orders (id bigint);
DROP TABLE orders CASCADE;
--- bad
DROP OWNED BY shop_reader CASCADE;
--- bad
DROP OWNED BY shop_reader;
--- bad
ALTER DOMAIN amount DROP CONSTRAINT positive CASCADE;
