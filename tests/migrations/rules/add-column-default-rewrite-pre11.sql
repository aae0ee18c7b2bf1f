--- bad server=10
ALTER TABLE users ADD COLUMN active boolean DEFAULT true;
--- good server=10
ALTER TABLE users ADD COLUMN active boolean DEFAULT NULL;
--- good server=11
ALTER TABLE users ADD COLUMN active boolean DEFAULT true;
