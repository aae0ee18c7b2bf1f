--- bad
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine';
--- good
ALTER TYPE mood ADD VALUE 'fine' BEFORE 'good';
--- good
ALTER TYPE mood ADD VALUE 'fine' AFTER 'good';
