--- bad server=11
BEGIN;
ALTER TYPE mood ADD VALUE 'fine';
COMMIT;
--- bad server=10 in-transaction
ALTER TYPE mood ADD VALUE 'fine';
--- good
BEGIN;
ALTER TYPE mood ADD VALUE 'fine';
COMMIT;
--- good server=11
ALTER TYPE mood ADD VALUE 'fine';
--- good server=11
BEGIN;
CREATE TYPE mood AS ENUM ('good');
ALTER TYPE mood ADD VALUE 'fine';
COMMIT;
