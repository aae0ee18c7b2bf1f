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
