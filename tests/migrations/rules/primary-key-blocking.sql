--- bad
ALTER TABLE users ADD PRIMARY KEY (id);
--- bad
ALTER TABLE users ADD COLUMN id bigserial PRIMARY KEY;
--- good
ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_id;
--- good
CREATE TABLE users (id bigint);
ALTER TABLE users ADD PRIMARY KEY (id);
