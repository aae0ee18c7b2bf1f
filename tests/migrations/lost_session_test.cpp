#include "migrations/sql/lost_session.hpp"

#include "migrations/kept_script.hpp"

#include <catch2/catch.hpp>

namespace {

// Of a script whose first statements are done, all but the last.
std::optional<migrations::sql::LostSession> lost(const std::string& text) {
    const auto script = migrations::kept_script("1.up.sql", text);
    return migrations::sql::lost_session(script,
                                         static_cast<std::uint32_t>(script.statements.size() - 1));
}

}  // namespace

TEST_CASE("a temporary table that the rest names is lost with its session") {
    for (const std::string made :
         {"CREATE TEMP TABLE stage (x int);", "CREATE TEMPORARY TABLE IF NOT EXISTS stage (x int);",
          "CREATE LOCAL TEMP TABLE stage AS SELECT 1;", "CREATE TEMP TABLE pg_temp.stage (x int);",
          "CREATE OR REPLACE TEMP VIEW stage AS SELECT 1;", "CREATE TEMP SEQUENCE \"stage\";"}) {
        const std::string name = made.find('"') == std::string::npos ? "stage" : "\"stage\"";
        const auto found = lost("SELECT 1;\n" + made + "\nTRUNCATE " + name + ";");
        INFO(made);
        REQUIRE(found);
        CHECK(found->line == 2);
        CHECK(found->what.find("stage") != std::string::npos);
    }
    CHECK(lost("SELECT 7 AS a INTO TEMP stage; TRUNCATE stage;"));
    CHECK(lost("CREATE TABLE pg_temp.stage (x int); TRUNCATE stage;"));
    CHECK(lost("CREATE TEMP TABLE \"stage\" (x int); TRUNCATE stage;"));
    CHECK(lost("CREATE TEMP TABLE stage (x int); DO $$ BEGIN DELETE FROM stage; END $$;"));
    CHECK_FALSE(lost("CREATE TEMP TABLE stage (x int); DROP TABLE stage; TRUNCATE stage;"));
    CHECK_FALSE(lost("CREATE TEMP TABLE stage (x int); CREATE TEMP TABLE stage (x int);"));
    CHECK_FALSE(lost("CREATE TEMP TABLE stage (x int) ON COMMIT DROP; TRUNCATE stage;"));
    CHECK_FALSE(lost("CREATE TEMP TABLE stage (x int); TRUNCATE stages;"));
    CHECK_FALSE(lost("CREATE TEMP TABLE stage (x int); DISCARD ALL; TRUNCATE stage;"));
    CHECK_FALSE(lost("CREATE TEMP TABLE stage (x int); TRUNCATE other;"));
    CHECK_FALSE(lost("CREATE TABLE stage (x int); TRUNCATE stage;"));
}

TEST_CASE("what code has set is lost with its session") {
    for (const std::string code :
         {"DO $$ BEGIN SET ROLE x; END $$;", "DO $$ BEGIN EXECUTE 'SET ROLE x'; END $$;",
          "DO $$ BEGIN PERFORM set_config('search_path', 'a', false); END $$;",
          "DO $$ BEGIN IF true THEN RESET ALL; END IF; END $$;",
          "DO LANGUAGE plpgsql $x$ BEGIN CREATE TEMP TABLE stage (x int); END $x$;",
          "SELECT set_config('search_path', s, false) FROM t;"}) {
        INFO(code);
        const auto found = lost(code + "\nDELETE FROM t;");
        REQUIRE(found);
        CHECK(found->line == 1);
    }
}

TEST_CASE("what a function of the script has set, and what sessions began with, is lost") {
    const std::string setting =
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$SELECT set_config('a.b', 'c', false)$$;"
        "\n";
    const auto by_function = lost(setting + "SELECT f();\nDELETE FROM t;");
    REQUIRE(by_function);
    CHECK(by_function->line == 2);
    CHECK_FALSE(lost(setting + "SELECT 1;\nDELETE FROM t;"));
    CHECK_FALSE(
        lost("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT f(); "
             "DELETE FROM t;"));
    CHECK(lost("ALTER DATABASE d SET search_path = app; DELETE FROM t;"));
    CHECK(lost(setting + "CREATE FUNCTION g() RETURNS void LANGUAGE sql AS 'SELECT f()';\n"
                         "CALL g();\nDELETE FROM t;"));
    for (const std::string call : {"INSERT INTO t SELECT f();", "CREATE TABLE t AS SELECT f();",
                                   "CREATE MATERIALIZED VIEW v AS SELECT f();", "VALUES (f());",
                                   "DO $$ BEGIN PERFORM f(); END $$;"})
        CHECK(lost(setting + call + "\nDELETE FROM t;"));
    for (const std::string naming :
         {"COMMENT ON FUNCTION f() IS 'x';", "REVOKE ALL ON FUNCTION f() FROM PUBLIC;",
          "GRANT EXECUTE ON FUNCTION f() TO r;", "ALTER FUNCTION f() STABLE;", "DROP FUNCTION f();",
          "CREATE CONSTRAINT TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();",
          "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f();",
          "CREATE OR REPLACE VIEW v AS SELECT f();", "CREATE POLICY p ON t USING (f() IS NULL);"}) {
        INFO(naming);
        CHECK_FALSE(lost(setting + naming + "\nDELETE FROM t;"));
    }
}

TEST_CASE("what sessions began with is lost where they are surely the session's own") {
    for (const std::string own :
         {"ALTER ROLE ALL SET a.b = 1;", "ALTER USER current_user RESET ALL;",
          "ALTER ROLE session_user IN DATABASE d SET a.b = 1;",
          "DO $$ BEGIN EXECUTE format('ALTER ROLE %I SET a.b = 1', current_user); END $$;",
          "DO $$ BEGIN EXECUTE 'ALTER ROLE ' || current_user || ' SET a.b = 1'; END $$;"}) {
        INFO(own);
        CHECK(lost(own + " DELETE FROM t;"));
    }
    for (const std::string other :
         {"ALTER ROLE r NOLOGIN;", "ALTER ROLE r SET a.b = 1;", "ALTER ROLE \"all\" RESET a.b;",
          "DO $$ BEGIN EXECUTE 'ALTER ROLE r SET a.b = 1'; END $$;"}) {
        INFO(other);
        CHECK_FALSE(lost(other + " DELETE FROM t;"));
    }
}

TEST_CASE("what can be said again, or changes no session, is not lost") {
    for (const std::string statement :
         {"SET search_path = a;", "SELECT set_config('search_path', 'a', false);",
          "DO $$ BEGIN UPDATE t SET a = 1; END $$;", "DO $$ BEGIN SET LOCAL ROLE x; END $$;",
          "DO $$ BEGIN ALTER TABLE t ALTER a SET DEFAULT 1; EXECUTE 'UPDATE t SET a = 2'; END $$;",
          "SELECT set_config('lock_timeout', '5s', true);",
          "DO $$ BEGIN PERFORM set_config('a.b', f('x'), true); END $$;",
          "DO $$ BEGIN EXECUTE 'UPDATE ' || quote_ident('t') || ' SET a = 1'; END $$;",
          "INSERT INTO t VALUES ($$ SET ROLE x; $$);", "UPDATE t SET a = 1;",
          "CREATE INDEX CONCURRENTLY i ON t (a);"}) {
        INFO(statement);
        CHECK_FALSE(lost(statement + "\nDELETE FROM t;"));
    }
}
