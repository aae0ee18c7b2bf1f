#include "adapters/postgres/server_wide_code.hpp"

#include "migrations/kept_script.hpp"

#include <catch2/catch.hpp>

namespace server_wide_code_test {

using adapters::postgres::server_wide_changes;
using adapters::postgres::ServerWideCode;
using Names = std::vector<std::string>;

namespace {

bool changes_others(const std::string& body) {
    return server_wide_changes("DO $$ BEGIN " + body + " END $$").of_others;
}

Names roles_of(const std::string& body) {
    const auto found = server_wide_changes("DO $$ BEGIN " + body + " END $$");
    CHECK_FALSE(found.of_others);
    return found.roles;
}

// The statements of a script that a server which is not ours is sent.
std::vector<std::uint32_t> sent(ServerWideCode& code, const std::string& text) {
    const auto script = migrations::kept_script("a.sql", text);
    std::vector<std::uint32_t> all;
    for (std::uint32_t index = 0; index < script.statements.size(); ++index)
        if (!code.why_not(script, index)) all.push_back(index);
    return all;
}

}  // namespace

TEST_CASE("code that changes more of a server than its database is found by its text") {
    CHECK(changes_others("EXECUTE 'ALTER DATABASE app SET timezone = ''Asia/Tokyo''';"));
    CHECK(changes_others("EXECUTE format('ALTER DATABASE %I SET a = b', 'app');"));
    CHECK(changes_others("ALTER ROLE app_x SUPERUSER;"));
    CHECK(changes_others("EXECUTE 'ALTER ' || 'USER ' || quote_ident(name);"));
    CHECK(changes_others("EXECUTE format('%s ROLE app', verb);"));
    CHECK(changes_others("DROP ROLE IF EXISTS app_x;"));
    CHECK(changes_others("DROP OWNED BY app_x;"));
    CHECK(changes_others("REASSIGN OWNED BY app_x TO app_y;"));
    CHECK(changes_others("GRANT app_x TO app_y;"));
    CHECK(changes_others("EXECUTE 'REVOKE ' || quote_ident(r) || ' FROM app_y';"));
    CHECK(changes_others("EXECUTE 'GRANT CREATE ON DATABASE app TO PUBLIC';"));
    CHECK(changes_others("COMMENT ON DATABASE app IS 'hi';"));
    CHECK(changes_others("COMMENT ON ROLE app IS 'hi';"));
    CHECK(changes_others("PERFORM dblink_exec('dbname=postgres', 'CREATE DATABASE app');"));
    CHECK(changes_others("PERFORM dblink_exec('', 'ALTER SYSTEM SET work_mem = 1');"));
    CHECK(changes_others("UPDATE pg_catalog.pg_database SET datallowconn = false;"));
    CHECK(changes_others("DELETE FROM pg_db_role_setting;"));
}

TEST_CASE("code of its own database is none that changes more of the server") {
    CHECK_FALSE(changes_others("GRANT SELECT ON t TO app; REVOKE ALL ON SCHEMA s FROM PUBLIC;"));
    CHECK_FALSE(changes_others("EXECUTE format('GRANT SELECT ON %I.%I TO app', s, t);"));
    CHECK_FALSE(changes_others("GRANT SELECT ON t TO app WITH GRANT OPTION;"));
    CHECK_FALSE(changes_others("ALTER TABLE t DROP role, ALTER user TYPE text;"));
    CHECK_FALSE(changes_others("CREATE USER MAPPING FOR app SERVER far;"));
    CHECK_FALSE(changes_others("INSERT INTO rights VALUES ('create', 'user'), ('grant', 'x');"));
    CHECK_FALSE(changes_others("-- ALTER ROLE app\n RAISE NOTICE 'ALTER ROLE app';"));
    CHECK_FALSE(changes_others("SET ROLE app; COMMENT ON TABLE t IS 'of a role';"));
    CHECK_FALSE(changes_others("SELECT 1 FROM pg_database; UPDATE t SET a = 1;"));
    CHECK_FALSE(
        changes_others("EXECUTE format('ALTER DATABASE %I SET a = b', current_database());"));
    CHECK_FALSE(changes_others(
        "EXECUTE 'ALTER DATABASE ' || quote_ident(current_database()) || ' SET a = b';"));
    CHECK_FALSE(changes_others(
        "EXECUTE format('GRANT CONNECT ON DATABASE %I TO app', current_database());"));
}

TEST_CASE("a role that code makes is told where its name stands there, and else not made") {
    CHECK(roles_of("IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_x') THEN "
                   "CREATE ROLE App_X LOGIN; END IF;") == Names{"app_x"});
    CHECK(roles_of("EXECUTE 'CREATE USER \"App\" PASSWORD ' || quote_literal(p);") == Names{"App"});
    CHECK(changes_others("EXECUTE format('CREATE ROLE %I', name);"));
    CHECK(changes_others("EXECUTE 'CREATE ROLE app_' || name;"));
    CHECK(changes_others("EXECUTE format('CREATE ROLE app_%s', name);"));
}

TEST_CASE("calls of a function that a script has made are left out, and not what names it") {
    Names made;
    ServerWideCode code{[&](const std::string& role) { made.push_back(role); }};
    const std::string function =
        "CREATE OR REPLACE FUNCTION app.raise_it(n int) RETURNS void LANGUAGE plpgsql AS $$ BEGIN "
        "ALTER ROLE app SUPERUSER; END $$;";
    CHECK(sent(code, function + "SELECT app.raise_it(1); SELECT 1; DROP FUNCTION app.raise_it;") ==
          std::vector<std::uint32_t>{0, 2, 3});
    CHECK(sent(code, "DO $$ BEGIN PERFORM app.raise_it(1); END $$; CREATE ROLE r;") ==
          std::vector<std::uint32_t>{1});
    CHECK(made == Names{"r"});
}

TEST_CASE("prose in rows is no code, rows of shared catalogs are left out") {
    ServerWideCode code{[](const std::string&) {}};
    CHECK(sent(code,
               "INSERT INTO help VALUES ('ALTER ROLE app'); UPDATE pg_database SET datacl = NULL;"
               "DO $$ BEGIN CREATE ROLE r; END $$; DO $$ BEGIN ALTER ROLE r LOGIN; END $$;") ==
          std::vector<std::uint32_t>{0, 2});
}

}  // namespace server_wide_code_test
