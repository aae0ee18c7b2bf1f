--- bad
ALTER TABLE users ADD COLUMN kind text NOT NULL;
--- bad
ALTER TABLE users ADD COLUMN IF NOT EXISTS kind text NOT NULL DEFAULT NULL;
--- good
ALTER TABLE users ADD COLUMN kind text NOT NULL DEFAULT 'a';
--- good
ALTER TABLE users ADD COLUMN n bigserial NOT NULL;
--- good
ALTER TABLE users ADD COLUMN n int NOT NULL GENERATED ALWAYS AS IDENTITY;
--- good
CREATE TABLE users (id int);
ALTER TABLE "users" ADD COLUMN kind text NOT NULL;
--- bad
ALTER TABLE orders ADD COLUMN number int PRIMARY KEY;
--- good
ALTER TABLE orders ADD COLUMN number bigserial PRIMARY KEY;
--- good
ALTER TABLE orders ADD COLUMN number uuid PRIMARY KEY DEFAULT gen_random_uuid();
--- good
CREATE TABLE fresh (a int);
INSERT INTO fresh VALUES (1);
TRUNCATE fresh;
ALTER TABLE fresh ADD COLUMN b int NOT NULL;
--- bad in-transaction
CREATE TABLE copies AS SELECT * FROM orders;
ALTER TABLE copies ADD COLUMN a int NOT NULL;
--- bad
ALTER TABLE orders ADD COLUMN g int, ALTER g SET NOT NULL;
--- bad
ALTER TABLE orders ADD COLUMN g int;
ALTER TABLE orders ALTER g SET NOT NULL;
--- bad
ALTER TABLE orders ADD COLUMN g int, ALTER g SET DEFAULT 1, ALTER g SET NOT NULL;
--- bad
ALTER TABLE orders ADD COLUMN g int;
ALTER TABLE orders ADD CONSTRAINT there CHECK (g IS NOT NULL);
--- bad
ALTER TABLE orders ADD COLUMN g int;
ALTER TABLE orders ADD CONSTRAINT there CHECK (g IS NOT NULL) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT there;
--- bad
ALTER TABLE orders ADD COLUMN g int, ADD PRIMARY KEY (g);
--- good
ALTER TABLE orders ADD COLUMN g int;
UPDATE orders SET g = 1;
ALTER TABLE orders ALTER g SET NOT NULL;
--- good
ALTER TABLE orders ADD COLUMN g int;
SELECT fill_g();
ALTER TABLE orders ALTER g SET NOT NULL;
--- good
ALTER TABLE orders ADD COLUMN g int DEFAULT 1, ALTER g SET NOT NULL;
--- good
ALTER TABLE orders ADD COLUMN IF NOT EXISTS g int, ALTER g SET NOT NULL;
--- good
ALTER TABLE orders ADD COLUMN g int, ALTER h SET NOT NULL;
--- good
ALTER TABLE orders ADD COLUMN g int;
ALTER TABLE orders ALTER g TYPE text USING coalesce(g::text, '');
ALTER TABLE orders ALTER g SET NOT NULL;
--- good
ALTER TABLE orders ADD COLUMN g int;
ALTER TABLE orders ADD CONSTRAINT there CHECK (g IS NOT NULL) NOT VALID;
--- good
ALTER TABLE orders ADD COLUMN a int;
ALTER TABLE orders RENAME COLUMN a TO spare;
ALTER TABLE orders RENAME COLUMN total TO a;
ALTER TABLE orders ALTER COLUMN a SET NOT NULL;
--- good
ALTER TABLE app.orders ADD g int;
ALTER SCHEMA app RENAME TO old;
ALTER SCHEMA next RENAME TO app;
ALTER TABLE app.orders ALTER g SET NOT NULL;
--- good
ALTER TABLE orders ADD g int;
DROP TABLE orders;
CREATE TABLE orders AS SELECT * FROM source;
ALTER TABLE orders ALTER g SET NOT NULL;
