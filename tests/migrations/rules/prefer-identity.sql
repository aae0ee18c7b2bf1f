--- bad
CREATE TABLE a (id bigserial);
--- bad
ALTER TABLE a ADD COLUMN id serial;
--- good
CREATE TABLE a (id bigint GENERATED ALWAYS AS IDENTITY);
