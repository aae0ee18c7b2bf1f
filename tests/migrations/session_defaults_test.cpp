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
          "DO $$BEGIN EXECUTE format('ALTER ROLE %I %s', r, 'SET a.b = 1'); END$$",
          "DO $$BEGIN EXECUTE 'ALTER ROLE r ' || what; END$$",
          "DO 'BEGIN EXECUTE ''ALTER ROLE '' || r || '' SET a.b = 1''; END'",
          "DO $$BEGIN EXECUTE $x$ALTER ROLE r /* so */ SET a.b = 1$x$; END$$",
          "ALTER USER mapping SET a.b = 1",
          "CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE sql AS $$ALTER ROLE r SET a.b = "
          "1$$"}) {
        INFO(sql);
        CHECK(sets_session_defaults(sql));
    }
}

TEST_CASE("what changes nothing of what sessions begin with is told apart") {
    for (const char* sql :
         {"ALTER DATABASE a RENAME TO b", "ALTER ROLE r PASSWORD 'set'", "ALTER ROLE r NOLOGIN",
          "SET search_path = app", "ALTER TABLE t ALTER a SET NOT NULL", "ALTER DATABASE",
          "INSERT INTO t VALUES ('alter database d set x.y = 1')", "UPDATE role SET a = 1", "",
          "ALTER USER MAPPING FOR postgres SERVER s OPTIONS (SET user 'b')",
          "DO $$BEGIN\n-- alter user rows: set the flag\nPERFORM 1; END$$",
          "DO $$BEGIN /* alter user u set a.b = 1 */ PERFORM 1; END$$",
          "DO $$BEGIN RAISE EXCEPTION 'you may not alter user'; UPDATE t SET a = 1; END$$",
          "DO $$BEGIN IF a THEN RAISE 'alter role % and set it', r; END IF; END$$",
          "DO $$BEGIN INSERT INTO t VALUES ('you may not alter user'); END$$",
          "DO $$BEGIN EXECUTE format('ALTER ROLE %I NOLOGIN', r); END$$",
          "DO $$BEGIN EXECUTE 'ALTER ROLE r NOLOGIN'; UPDATE t SET a = 1; END$$"}) {
        INFO(sql);
        CHECK_FALSE(sets_session_defaults(sql));
    }
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
