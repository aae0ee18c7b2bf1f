--- bad
ALTER TABLE users ADD COLUMN active boolean DEFAULT true;
--- good
ALTER TABLE users ADD COLUMN active boolean;
--- good
ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();
