#include "migrations/sql/session_defaults.hpp"

#include "tests/migrations/folder_of.hpp"

#include <catch2/catch.hpp>

using migrations::sql::sets_session_defaults;

TEST_CASE("what sessions begin with is changed by ALTER DATABASE and ALTER ROLE") {
    for (const char* sql :
         {"ALTER DATABASE app SET search_path = app, public", "alter role current_user set a.b = 1",
          "ALTER ROLE ALL IN DATABASE d RESET ALL", "ALTER USER u\n RESET timezone",
          "/* so */ ALTER DATABASE d SET timezone TO DEFAULT",
          "DO $$BEGIN EXECUTE format('alter database %I set search_path = app', "
          "current_database()); END$$",
          "DO $$BEGIN EXECUTE 'ALTER DATABASE ' || quote_ident(current_database()) || ' SET x.y = "
          "1'; END$$",
          "CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE sql AS $$ALTER ROLE r SET a.b = "
          "1$$"})
        CHECK(sets_session_defaults(sql));
}

TEST_CASE("what changes nothing of what sessions begin with is told apart") {
    for (const char* sql :
         {"ALTER DATABASE a RENAME TO b", "ALTER ROLE r PASSWORD 'set'", "ALTER ROLE r NOLOGIN",
          "SET search_path = app", "ALTER TABLE t ALTER a SET NOT NULL", "ALTER DATABASE",
          "INSERT INTO t VALUES ('alter database d set x.y = 1')", "UPDATE role SET a = 1", "",
          "DO $$BEGIN EXECUTE 'ALTER ROLE r NOLOGIN'; UPDATE t SET a = 1; END$$"})
        CHECK_FALSE(sets_session_defaults(sql));
}

TEST_CASE("a script changes it by any of its statements") {
    const auto folder = tests::folder_of({{"1_a.sql", "SELECT 1; ALTER DATABASE d SET a.b = 'x';"},
                                          {"2_b.sql", "SELECT 1; CREATE TABLE t();"}});
    CHECK(sets_session_defaults(folder.migrations.at(0).up));
    CHECK_FALSE(sets_session_defaults(folder.migrations.at(1).up));
    const std::string function =
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ALTER ROLE r SET a.b = 1$$; SELECT "
        "f();";
    CHECK(sets_session_defaults(tests::folder_of({{"1_a.sql", function}}).migrations.at(0).up));
}
