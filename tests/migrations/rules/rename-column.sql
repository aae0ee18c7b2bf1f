--- bad
ALTER TABLE orders RENAME note TO remark;
--- bad
ALTER TABLE IF EXISTS "app"."Orders" RENAME COLUMN note TO remark;
--- good
CREATE TABLE orders (note text);
ALTER TABLE orders RENAME COLUMN note TO remark;
