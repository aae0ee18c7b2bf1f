--- bad
ALTER TABLE orders ADD COLUMN a int;
ALTER TABLE public.orders ADD COLUMN b int;
--- good
ALTER TABLE orders ADD COLUMN a int, ADD COLUMN b int;
--- good
ALTER TABLE orders ADD CONSTRAINT c CHECK (a > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT c;
--- good
ALTER TABLE orders ALTER COLUMN a SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT c;
--- good
ALTER TABLE public.orders ADD COLUMN a int;
ALTER TABLE app.orders ADD COLUMN a int;
