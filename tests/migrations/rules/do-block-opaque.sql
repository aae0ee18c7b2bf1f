--- bad
DO $$ BEGIN EXECUTE current_setting('a.b') || ' CASCADE'; END $$;
--- bad
DO LANGUAGE plpython3u $$ pass $$;
--- good
DO $$ BEGIN EXECUTE 'SELECT 1'; END $$;
--- good
DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'a'); END $$;
--- good
DO $$ BEGIN PERFORM 1; END $$;
--- history
CREATE FUNCTION runs(text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE $1; END $$;
CREATE FUNCTION counts() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
--- bad
SELECT runs('CREATE INDEX ON old (id)');
--- good
SELECT counts();
