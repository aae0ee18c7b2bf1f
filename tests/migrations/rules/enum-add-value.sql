--- bad
ALTER TYPE mood ADD VALUE 'fine' BEFORE 'good';
--- good
ALTER TYPE mood RENAME VALUE 'fine' TO 'good';
--- good
CREATE TYPE mood AS ENUM ('good');
ALTER TYPE mood ADD VALUE 'fine';
