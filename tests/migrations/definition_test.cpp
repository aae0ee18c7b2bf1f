#include "migrations/sql/script.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

namespace {

bool only_defines(std::string_view text) {
    const auto read = migrations::sql::read_statements({text, "a.sql", 1, 150000, nullptr});
    INFO(text);
    REQUIRE(read.statements.size() == 1);
    return read.statements[0].only_defines;
}

}  // namespace

TEST_CASE("what changes definitions alone is known from the tree") {
    for (const char* text :
         {"CREATE TABLE t (id bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())",
          "CREATE TABLE t (id uuid DEFAULT pg_catalog.gen_random_uuid(), n text CHECK (n <> ''))",
          "CREATE TABLE p PARTITION OF t FOR VALUES FROM (1) TO (2)",
          "ALTER TABLE t ADD COLUMN a int NOT NULL DEFAULT 0, DROP COLUMN b CASCADE",
          "ALTER TABLE t ADD CONSTRAINT c CHECK (a >= 0)", "CREATE UNIQUE INDEX i ON t (lower(a))",
          "CREATE VIEW v AS SELECT id FROM t WHERE a IS NULL", "DROP TABLE t", "DROP VIEW v",
          "CREATE TYPE mood AS ENUM ('sad')", "ALTER TYPE mood ADD VALUE 'glad'",
          "COMMENT ON TABLE t IS 'x'", "ALTER TABLE t RENAME COLUMN a TO b",
          "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT g()'",
          "CREATE TRIGGER r AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
          "GRANT SELECT ON t TO PUBLIC", "CREATE SCHEMA s"})
        CHECK(only_defines(text));
}

TEST_CASE("what may run somebody's code, or is of the session, does more than define") {
    for (const char* text : {"SELECT f()",
                             "DO $$ BEGIN END $$",
                             "CALL p()",
                             "INSERT INTO t VALUES (1)",
                             "SET search_path = x",
                             "RESET ALL",
                             "SET LOCAL ROLE x",
                             "DISCARD ALL",
                             "LOCK TABLE t",
                             "CREATE TEMP TABLE t (id int)",
                             "CREATE TABLE pg_temp.t (id int)",
                             "CREATE TEMPORARY VIEW v AS SELECT 1",
                             "CREATE TABLE t AS SELECT 1",
                             "SELECT 1 INTO t",
                             "CREATE TABLE t (a int DEFAULT f())",
                             "CREATE TABLE t (a int CHECK (s.now() > 0))",
                             "ALTER TABLE t ALTER a TYPE int USING f(a)",
                             "CREATE INDEX i ON t (f(a))",
                             "ALTER TABLE t ADD CHECK (a > pg_catalog.set_config(a))",
                             "CREATE EXTENSION x",
                             "CREATE MATERIALIZED VIEW m AS SELECT 1",
                             "DROP OWNED BY x",
                             "REASSIGN OWNED BY x TO y",
                             "PREPARE p AS SELECT 1",
                             "EXECUTE p",
                             "DEALLOCATE ALL",
                             "BEGIN",
                             "COMMIT",
                             "SAVEPOINT s",
                             "TRUNCATE t",
                             "REFRESH MATERIALIZED VIEW m",
                             "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
                             "not sql"})
        CHECK_FALSE(only_defines(text));
}
