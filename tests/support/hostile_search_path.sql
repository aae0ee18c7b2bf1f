-- A schema with whatever pg_catalog has: functions, operators and types that fail once they are
-- used, relations without a column that anybody asks for. Where it comes first in the search path,
-- a query fails that leaves out for any of them whose it is.
CREATE SCHEMA compat;
DO $do$
DECLARE
    each record;
    body constant text := $$LANGUAGE plpgsql AS 'BEGIN RAISE ''found in compat: %s''; END'$$;
BEGIN
    FOR each IN SELECT p.proname, pg_get_function_identity_arguments(p.oid) AS arguments,
            pg_get_function_result(p.oid) AS result FROM pg_proc p
            WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' LOOP
        BEGIN
            EXECUTE format('CREATE FUNCTION compat.%I(%s) RETURNS %s ', each.proname,
                each.arguments, each.result) || replace(body, '%s', each.proname);
        EXCEPTION WHEN others THEN NULL;
        END;
    END LOOP;
    FOR each IN SELECT p.oid::int AS number, p.proname, pg_get_function_identity_arguments(p.oid)
            AS arguments FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
            AND p.prokind = 'a' LOOP
        BEGIN
            EXECUTE format('CREATE FUNCTION compat.step_%s(%s) RETURNS bigint ', each.number,
                concat_ws(', ', 'bigint', nullif(each.arguments, '')))
                || replace(body, '%s', each.proname);
            EXECUTE format('CREATE AGGREGATE compat.%I(%s) (SFUNC = compat.step_%s, STYPE = bigint)',
                each.proname, coalesce(nullif(each.arguments, ''), '*'), each.number);
        EXCEPTION WHEN others THEN NULL;
        END;
    END LOOP;
    FOR each IN SELECT o.oid::int AS number, o.oprname, o.oprresult::regtype AS result,
            nullif(o.oprleft, 0)::regtype AS one, nullif(o.oprright, 0)::regtype AS other
            FROM pg_operator o WHERE o.oprnamespace = 'pg_catalog'::regnamespace LOOP
        BEGIN
            EXECUTE format('CREATE FUNCTION compat.operator_%s(%s) RETURNS %s ', each.number,
                concat_ws(', ', each.one, each.other), each.result)
                || replace(body, '%s', replace(each.oprname, '%', '%%'));
            EXECUTE format('CREATE OPERATOR compat.%s (FUNCTION = compat.operator_%s%s%s)',
                each.oprname, each.number, ', LEFTARG = ' || each.one,
                ', RIGHTARG = ' || each.other);
        EXCEPTION WHEN others THEN NULL;
        END;
    END LOOP;
    FOR each IN SELECT c.relname AS name FROM pg_class c
            WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v') LOOP
        EXECUTE format('CREATE VIEW compat.%I AS SELECT 1 AS found_in_compat', each.name);
    END LOOP;
    CREATE FUNCTION compat.domain_checked(text) RETURNS boolean LANGUAGE plpgsql AS
        'BEGIN RAISE ''found in compat: type %'', $1; END';
    FOR each IN SELECT t.typname AS name FROM pg_type t
            WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype = 'b'
            AND t.typname !~ '^_' LOOP
        BEGIN
            EXECUTE format('CREATE DOMAIN compat.%I AS pg_catalog.%1$I
                CHECK (compat.domain_checked(%L))', each.name, each.name);
        EXCEPTION WHEN others THEN NULL;
        END;
    END LOOP;
END $do$;
