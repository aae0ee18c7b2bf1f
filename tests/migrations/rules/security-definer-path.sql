--- bad
CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$;
--- good
CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$ SELECT 1 $$;
--- good
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
--- bad
ALTER FUNCTION f(int) SECURITY DEFINER;
--- good
ALTER FUNCTION f(int) SECURITY DEFINER SET search_path = pg_catalog;
--- good
ALTER FUNCTION f(int) SECURITY DEFINER;
ALTER FUNCTION public.f(int) SET search_path = pg_catalog;
--- good
ALTER FUNCTION f(int) SECURITY INVOKER;
