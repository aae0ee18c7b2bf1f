--- bad
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_id;
--- history
CREATE TABLE users (id bigint NOT NULL, other bigint);
CREATE UNIQUE INDEX users_id ON users (id);
CREATE UNIQUE INDEX users_other ON users (id, other);
--- good
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_id;
--- bad
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_other;
