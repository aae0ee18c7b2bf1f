--- bad
ALTER TABLE users ADD COLUMN n serial;
--- bad
ALTER TABLE users ADD COLUMN n SERIAL8 NOT NULL;
--- bad
ALTER TABLE users ADD COLUMN n smallserial;
--- good
ALTER TABLE users ADD COLUMN n bigint;
--- good
CREATE TABLE users (id int);
ALTER TABLE users ADD COLUMN n serial;
