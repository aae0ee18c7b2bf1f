--- bad
CREATE EXTENSION IF NOT EXISTS citext;
--- good
DROP EXTENSION citext;
