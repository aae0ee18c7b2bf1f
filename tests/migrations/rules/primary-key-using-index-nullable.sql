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
--- history
CREATE TABLE orders (id int NOT NULL, note text);
CREATE UNIQUE INDEX orders_id ON orders (id);
CREATE UNIQUE INDEX orders_note ON orders (note);
ALTER INDEX orders_id RENAME TO orders_key;
ALTER TABLE orders_note RENAME TO orders_text;
--- good
ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_key;
--- bad
ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_text;
--- good
ALTER TABLE parcels ALTER COLUMN code SET NOT NULL;
ALTER TABLE parcels RENAME COLUMN code TO label;
CREATE UNIQUE INDEX CONCURRENTLY parcels_label ON parcels (label);
ALTER TABLE parcels ADD PRIMARY KEY USING INDEX parcels_label;
--- bad
ALTER TABLE parcels ALTER COLUMN code SET NOT NULL;
ALTER TABLE parcels ALTER COLUMN code DROP NOT NULL;
CREATE UNIQUE INDEX CONCURRENTLY parcels_code ON parcels (code);
ALTER TABLE parcels ADD PRIMARY KEY USING INDEX parcels_code;
