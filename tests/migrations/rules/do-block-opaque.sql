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
