--- bad
ALTER TABLE users ADD CONSTRAINT users_email UNIQUE (email);
--- bad
ALTER TABLE users ADD UNIQUE NULLS NOT DISTINCT (email);
--- bad
ALTER TABLE users ADD COLUMN email text UNIQUE;
--- good
CREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email);
ALTER TABLE users ADD CONSTRAINT users_email UNIQUE USING INDEX users_email;
--- good
CREATE TABLE users (email text);
ALTER TABLE users ADD UNIQUE (email);
