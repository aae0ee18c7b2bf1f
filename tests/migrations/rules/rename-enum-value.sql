--- bad
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';
--- good
ALTER TYPE mood ADD VALUE 'fine';
--- good
CREATE TYPE mood AS ENUM ('ok');
ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';
