--- history
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE DOMAIN small AS positive;
CREATE DOMAIN plain AS int;
--- bad
ALTER TABLE users ADD COLUMN n positive;
--- bad
ALTER TABLE users ADD COLUMN n public.small DEFAULT 5;
--- bad
CREATE DOMAIN there AS text NOT NULL;
ALTER TABLE users ADD COLUMN n there;
--- good
ALTER TABLE users ADD COLUMN n plain;
--- good
ALTER TABLE users ADD COLUMN n positive[];
