--- bad
BEGIN;
ALTER TYPE mood ADD VALUE 'fine';
UPDATE notes SET mood = 'fine' WHERE id = 1;
COMMIT;
--- bad in-transaction
ALTER TYPE app.mood ADD VALUE IF NOT EXISTS 'fine' AFTER 'good';
ALTER TABLE notes ALTER COLUMN mood SET DEFAULT 'fine';
--- bad
DO $$ BEGIN ALTER TYPE mood ADD VALUE 'fine'; INSERT INTO notes VALUES (1, 'fine'); END $$;
--- bad
BEGIN;
ALTER TYPE mood ADD VALUE 'fine';
CREATE INDEX notes_fine ON notes (id) WHERE mood = 'fine';
COMMIT;
--- good
ALTER TYPE mood ADD VALUE 'fine';
UPDATE notes SET mood = 'fine' WHERE id = 1;
--- good
BEGIN;
ALTER TYPE mood ADD VALUE 'fine';
COMMIT;
BEGIN;
UPDATE notes SET mood = 'fine' WHERE id = 1;
COMMIT;
--- good
BEGIN;
CREATE TYPE mood AS ENUM ('good');
ALTER TYPE mood ADD VALUE 'fine';
CREATE TABLE notes (mood mood DEFAULT 'fine');
COMMIT;
--- good
BEGIN;
ALTER TYPE mood ADD VALUE 'fine';
UPDATE notes SET mood = 'good' WHERE id = 1;
COMMIT;
--- bad in-transaction
ALTER TYPE state ADD VALUE 'lost';
CREATE VIEW lost AS SELECT * FROM orders WHERE state = 'lost';
--- bad in-transaction
ALTER TYPE state ADD VALUE 'lost';
CREATE POLICY seen ON orders USING (state <> 'lost'::state);
--- bad in-transaction
ALTER TYPE state ADD VALUE 'lost';
CREATE TABLE lost AS SELECT 'lost'::state AS state;
--- good in-transaction
ALTER TYPE state ADD VALUE 'lost';
CREATE VIEW found AS SELECT * FROM orders WHERE state = 'found';
