--- bad
ALTER TABLE users ALTER COLUMN at SET DEFAULT now() + interval '7 days';
--- bad
ALTER TABLE users ALTER COLUMN id SET DEFAULT pg_catalog.gen_random_uuid();
--- good
ALTER TABLE users ALTER COLUMN owner SET DEFAULT CURRENT_USER;
--- good
ALTER TABLE users ALTER COLUMN n SET DEFAULT 0;
