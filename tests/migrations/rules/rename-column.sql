--- bad
ALTER TABLE orders RENAME note TO remark;
--- bad
ALTER TABLE IF EXISTS "app"."Orders" RENAME COLUMN note TO remark;
--- good
CREATE TABLE orders (note text);
ALTER TABLE orders RENAME COLUMN note TO remark;
--- good
ALTER TABLE parcels ADD COLUMN code int;
ALTER TABLE parcels RENAME COLUMN code TO label;
--- bad
ALTER TABLE parcels ADD COLUMN IF NOT EXISTS code int;
ALTER TABLE parcels RENAME COLUMN code TO label;
--- history
ALTER TABLE parcels ADD COLUMN code int;
--- bad
ALTER TABLE parcels RENAME COLUMN code TO label;
