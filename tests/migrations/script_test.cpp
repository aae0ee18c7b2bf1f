#include "migrations/sql/script.hpp"

#include "migrations/sql/position.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace {

using migrations::ConcurrentIndex;
using migrations::Control;
using migrations::IndexAction;
using migrations::Severity;
using migrations::Statement;
using migrations::sql::read_statements;

Statement only(std::string_view text) {
    const auto read = read_statements({text, "a.sql", 1, 150000, nullptr});
    INFO(text);
    REQUIRE(read.diagnostics.empty());
    REQUIRE(read.statements.size() == 1);
    return read.statements[0];
}

migrations::sql::ScriptStatements read(std::string_view text, std::uint32_t server = 150000) {
    return read_statements({text, "a.sql", 1, server, nullptr});
}

}  // namespace

TEST_CASE("a statement's kind is what it does") {
    CHECK(only("CREATE INDEX i ON t (a)").kind == "create-index");
    CHECK(only("CREATE TABLE t (a int)").kind == "create-table");
    CHECK(only("DROP VIEW v").kind == "drop-view");
    CHECK(only("ALTER TABLE t ADD a int").kind == "alter-table");
    CHECK(only("CREATE MATERIALIZED VIEW v AS SELECT 1").kind == "create-materialized-view");
    CHECK(only("INSERT INTO t VALUES (1)").kind == "insert");
    CHECK(only("BEGIN").kind == "begin");
    CHECK(only("DO $$ BEGIN END $$").kind == "do");
    CHECK(only("SET lock_timeout = '1s'").kind == "set");
}

TEST_CASE("what cannot run in a transaction is known from the tree") {
    for (const char* text : {"CREATE INDEX CONCURRENTLY i ON t (a)",
                             "DROP INDEX CONCURRENTLY i",
                             "REINDEX (CONCURRENTLY) TABLE t",
                             "REINDEX INDEX CONCURRENTLY i",
                             "REINDEX SCHEMA s",
                             "REINDEX DATABASE d",
                             "REINDEX SYSTEM d",
                             "VACUUM t",
                             "VACUUM (ANALYZE) t",
                             "ALTER SYSTEM SET work_mem = '1MB'",
                             "CREATE DATABASE d",
                             "DROP DATABASE d",
                             "CREATE TABLESPACE s LOCATION '/x'",
                             "DROP TABLESPACE s",
                             "CLUSTER",
                             "DISCARD ALL",
                             "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
                             "DROP SUBSCRIPTION s",
                             "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
                             "ALTER SUBSCRIPTION s REFRESH PUBLICATION",
                             "ALTER SUBSCRIPTION s SET PUBLICATION p",
                             "ALTER DATABASE d SET TABLESPACE s",
                             "COMMIT PREPARED 'x'",
                             "ROLLBACK PREPARED 'x'"})
        CHECK(only(text).needs_no_transaction);
}

TEST_CASE("what can run in a transaction is not taken out of it") {
    for (const char* text :
         {"CREATE INDEX i ON t (a)", "DROP INDEX i", "REINDEX TABLE t", "ANALYZE t", "CLUSTER t",
          "DISCARD TEMP", "ALTER TYPE e ADD VALUE 'x'", "ALTER TABLE t DETACH PARTITION p",
          "REINDEX (CONCURRENTLY false) TABLE t", "PREPARE TRANSACTION 'x'",
          "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false)",
          "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = off)",
          "ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)",
          "ALTER SUBSCRIPTION s DISABLE", "ALTER DATABASE d SET work_mem = '1MB'"})
        CHECK_FALSE(only(text).needs_no_transaction);
}

TEST_CASE("a concurrent index operation names what to look at after a crash") {
    CHECK(only("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON s.t (a)").concurrent_index ==
          ConcurrentIndex{IndexAction::create, "s", "i", "t", true});
    CHECK(only("CREATE INDEX CONCURRENTLY ON t (a)").concurrent_index ==
          ConcurrentIndex{IndexAction::create, "", "", "t", false});
    CHECK(only("DROP INDEX CONCURRENTLY IF EXISTS s.\"I x\"").concurrent_index ==
          ConcurrentIndex{IndexAction::drop, "s", "I x", "", true});
    CHECK(only("REINDEX TABLE CONCURRENTLY s.t").concurrent_index ==
          ConcurrentIndex{IndexAction::reindex, "s", "", "t", false});
    CHECK_FALSE(only("CREATE INDEX i ON t (a)").concurrent_index);
}

TEST_CASE("transaction control is told apart") {
    CHECK(only("START TRANSACTION READ WRITE").control == Control::begin);
    CHECK(only("END").control == Control::commit);
    CHECK(only("ABORT").control == Control::rollback);
    CHECK(only("COMMIT AND CHAIN").control == Control::chain);
    CHECK(only("ROLLBACK AND CHAIN").control == Control::chain);
    CHECK(only("PREPARE TRANSACTION 'x'").control == Control::prepare);
    CHECK(only("ROLLBACK TO SAVEPOINT s").control == Control::savepoint);
    CHECK(only("PREPARE p AS SELECT 1").control == Control::none);
}

TEST_CASE("settings of the session are told from those of the transaction") {
    CHECK(only("SET search_path = a").session_setting);
    CHECK(only("RESET ALL").session_setting);
    CHECK(only("SET ROLE r").session_setting);
    CHECK(only("SELECT pg_catalog.set_config('search_path', 'a', false)").session_setting);
    CHECK_FALSE(only("SELECT set_config('search_path', 'a', true)").session_setting);
    CHECK_FALSE(only("SELECT set_config('search_path', s, false) FROM t").session_setting);
    CHECK_FALSE(only("SET LOCAL search_path = a").session_setting);
    CHECK_FALSE(only("SET TRANSACTION READ ONLY").session_setting);
    CHECK_FALSE(only("SET CONSTRAINTS ALL DEFERRED").session_setting);
}

TEST_CASE("calls that outlive a rollback are named where they are made") {
    CHECK(only("SELECT setval('s', 1), dblink_exec('x', 'y')").survivors ==
          std::vector<std::string>{"dblink_exec", "setval"});
    CHECK(only("DO $$ BEGIN PERFORM pg_catalog.SETVAL('s', 1); END $$").survivors ==
          std::vector<std::string>{"setval"});
    CHECK(only("CREATE TABLE t (a int DEFAULT nextval('s'))").survivors.empty());
    CHECK(only("SELECT 'setval(', \"setval\" FROM t -- setval(\n").survivors.empty());
}

TEST_CASE("every syntax error of a file is reported, with the place a person sees") {
    const auto found = read("SELECT 'é', FROM t;\nSELECT 1;\n  CREATE TABEL x (a int);");
    REQUIRE(found.diagnostics.size() == 2);
    CHECK(found.statements.size() == 3);
    const auto& first = found.diagnostics[0];
    CHECK(first.rule == "syntax-error");
    CHECK(first.message == "syntax error at or near \"FROM\"");
    CHECK(first.line == 1);
    CHECK(first.column == 13);
    CHECK(first.end_column == 17);
    CHECK(first.source_line == "SELECT 'é', FROM t;");
    CHECK_FALSE(first.help.empty());
    CHECK(found.diagnostics[1].line == 3);
    CHECK(found.diagnostics[1].column == 10);
}

TEST_CASE("what a newer server has added is only a warning, and a mistake is one everywhere") {
    const std::string_view text = "ALTER TABLE t ALTER a SET EXPRESSION AS (b * 2)";
    CHECK(read(text).diagnostics.at(0).severity == Severity::error);
    CHECK(read(text, 160000).diagnostics.at(0).rule == "syntax-error");
    const auto newer = read(text, 170000);
    REQUIRE(newer.diagnostics.size() == 1);
    CHECK(newer.diagnostics[0].severity == Severity::warning);
    CHECK(newer.diagnostics[0].rule == "newer-syntax");
    CHECK(newer.statements[0].kind == "unparsed");
    CHECK(read("VACUUM (ANALYZE) ONLY t", 180000).statements[0].needs_no_transaction);
    for (const std::uint32_t server : {150000U, 160000U, 170000U, 180000U})
        for (const char* mistake :
             {"ALTER TABEL t ADD COLUMN a int", "CREATE TABLE t (a int) FANCY NEW THING",
              "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a) STORD)",
              "SELECT merge FROM t RETURNING a", "ALTER TABLE t ADD a int, ALTER b STORAGE main",
              "SELECT 1_000, 0x1F FROM WHERE", "SELECT 1__0", "SELECT 1_", "SELECT 0x1G",
              "CREATE TABLE t (a text STORAGE external, b int NTO NULL)", "SELECT FROM WHERE"}) {
            INFO(server << " " << mistake);
            CHECK(read(mistake, server).diagnostics.at(0).rule == "syntax-error");
        }
    // What is behind is not read where 15 has no words for what is new.
    for (const char* behind :
         {"SELECT * FROM (SELECT 1) WHERE FROM", "SELECT json_object('a': 1 FROM WHERE"})
        CHECK(read(behind, 160000).diagnostics.at(0).rule == "newer-syntax");
    CHECK(read("ALTER TABEL t ADD COLUMN a int", 190000).diagnostics.at(0).rule == "newer-syntax");
}

namespace {

struct Added {
    std::uint32_t server;
    const char* text;
};

const std::vector<Added> what_was_added = {
    {160000, "CREATE TABLE t (a text STORAGE external, b text STORAGE plain)"},
    {160000, "ALTER TABLE t ALTER a SET STORAGE DEFAULT"},
    {160000, "ALTER TABLE t ADD COLUMN a text STORAGE EXTERNAL"},
    {160000, "ALTER TABLE t ADD a numeric(9, 2) STORAGE main, ADD b int"},
    {160000, "SELECT a IS JSON OBJECT FROM t"},
    {160000, "SELECT xmlserialize(CONTENT a AS text NO INDENT) FROM t"},
    {160000, "SELECT 1_000.5, 1.5_5, 1e1_0, .5_5, 1e-1_0, 1_0."},
    {160000, "SELECT 0xF_F, 0o17, 0B_1"},
    {160000, "SELECT json_object('a': 1)"},
    {160000, "CREATE TABLE t (a int DEFAULT 1_000)"},
    {160000, "SELECT * FROM (SELECT 1)"},
    {160000, "GRANT a TO b WITH INHERIT TRUE"},
    {160000, "GRANT a TO b WITH ADMIN OPTION, INHERIT FALSE"},
    {160000, "GRANT a TO b WITH ADMIN OPTION, SET FALSE"},
    {160000, "REINDEX DATABASE"},
    {160000, "REINDEX DATABASE CONCURRENTLY"},
    {160000, "REINDEX (VERBOSE) SYSTEM"},
    {160000, "CREATE STATISTICS ON a, b FROM t"},
    {170000, "ALTER TABLE t SET ACCESS METHOD DEFAULT"},
    {170000, "ALTER TABLE t ALTER a SET STATISTICS DEFAULT"},
    {170000,
     "MERGE INTO a USING b ON a.i = b.i WHEN NOT MATCHED BY SOURCE THEN "
     "DELETE"},
    {170000,
     "MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN DELETE RETURNING "
     "a.i"},
    {170000,
     "WITH s AS (SELECT 1) MERGE INTO a USING b ON a.i = b.i WHEN NOT MATCHED BY SOURCE THEN "
     "DELETE"},
    {170000,
     "WITH m AS (MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN DELETE RETURNING (a.i)) "
     "SELECT * FROM m"},
    {170000,
     "COPY (MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN DELETE RETURNING *) TO '/x'"},
    {170000,
     "EXPLAIN MERGE INTO a USING b ON a.i = b.i WHEN NOT MATCHED BY SOURCE THEN "
     "DELETE"},
    {170000, "ALTER DOMAIN d ADD NOT NULL"},
    {170000, "ALTER DOMAIN d ADD CONSTRAINT x NOT NULL"},
    {170000, "ALTER OPERATOR = (a, b) SET (HASHES, MERGES)"},
    {170000, "ALTER OPERATOR = (a, b) SET (COMMUTATOR = =, MERGES)"},
    {170000, "CLUSTER (VERBOSE)"},
    {170000, "SELECT * FROM JSON_TABLE(j, '$[*]' COLUMNS (a int PATH '$.a')) k"},
    {170000, "SELECT json_value(j, '$.a' RETURNING int) FROM t"},
    {170000, "SELECT a AT LOCAL FROM t"},
    {180000, "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) VIRTUAL)"},
    {180000, "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2))"},
    {180000, "ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (a * 2) VIRTUAL"},
    {180000, "ALTER TABLE t ADD CHECK (a > 0) NOT ENFORCED"},
    {180000, "ALTER TABLE t ALTER CONSTRAINT c NOT ENFORCED"},
    {180000, "ALTER TABLE t ADD CONSTRAINT n NOT NULL a"},
    {180000, "ALTER TABLE t ADD NOT NULL a"},
    {180000, "ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID"},
    {180000, "CREATE TABLE t (a int, CONSTRAINT n NOT NULL a)"},
    {180000, "CREATE TABLE t (a int NOT NULL NO INHERIT)"},
    {180000, "CREATE TABLE t PARTITION OF p (a NOT NULL NO INHERIT) DEFAULT"},
    {180000, "CREATE TABLE t (NOT NULL a, a int)"},
    {180000, "ALTER TABLE t ALTER CONSTRAINT c INHERIT"},
    {180000, "ALTER TABLE t ALTER CONSTRAINT c NO INHERIT"},
    {180000, "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a) NOT NULL)"},
    {180000, "CREATE TABLE t (a int, p tsrange, PRIMARY KEY (a, p WITHOUT OVERLAPS))"},
    {180000, "ALTER TABLE t ADD FOREIGN KEY (a, PERIOD p) REFERENCES u (a, PERIOD p)"},
    {180000, "UPDATE t SET a = 1 RETURNING WITH (OLD AS o) o.a"},
    {180000, "ANALYZE ONLY t"},
};

}  // namespace

TEST_CASE("what each newer version has added is known from that version on") {
    for (const Added& added : what_was_added) {
        INFO(added.text);
        for (const auto& each : read(added.text, added.server).diagnostics) {
            INFO(each.message);
            CHECK(each.rule == "newer-syntax");
        }
        const auto before = read(added.text, added.server - 10000).diagnostics;
        REQUIRE(before.size() == 1);
        CHECK(before[0].rule == "syntax-error");
    }
    const auto known = read("CREATE TABLE t (a text STORAGE external)", 160000);
    CHECK(known.diagnostics.empty());
    CHECK(known.statements.at(0).kind == "create-table");
    const auto cluster = read("CLUSTER (VERBOSE)", 170000);
    CHECK(cluster.diagnostics.empty());
    CHECK(cluster.statements.at(0).kind == only("CLUSTER").kind);
    CHECK(cluster.statements.at(0).needs_no_transaction);
    CHECK(read("REINDEX DATABASE CONCURRENTLY", 160000).statements.at(0).needs_no_transaction);
    CHECK(read("ALTER DOMAIN d ADD CONSTRAINT x NOT NULL", 170000).diagnostics.empty());
}

TEST_CASE("what is new is known in a long statement, and read where that takes few readings") {
    std::string rows;
    for (int row = 0; row < 6000; ++row) rows += ", (" + std::to_string(row) + ", 1_000)";
    REQUIRE(rows.size() > std::size_t{64} << 10U);
    const std::string insert = "INSERT INTO t VALUES (0, 0)" + rows;
    CHECK(read(insert).diagnostics.at(0).rule == "syntax-error");
    CHECK(read(insert, 160000).diagnostics.empty());
    CHECK(read(insert + " RETURNNG a", 160000).diagnostics.at(0).rule == "syntax-error");
    const std::string merge = "MERGE INTO a USING (VALUES (0, 0)" + rows +
                              ") b (i, j) ON a.i = b.i WHEN NOT MATCHED BY SOURCE THEN DELETE";
    CHECK(read(merge, 160000).diagnostics.at(0).rule == "syntax-error");
    CHECK(read(merge, 170000).diagnostics.empty());
    std::string columns = "CREATE TABLE t (a text";
    for (int column = 0; column < 400; ++column)
        columns += ", column_" + std::to_string(column) + " text STORAGE main";
    CHECK(read(columns + ")", 160000).diagnostics.at(0).rule == "newer-syntax");
}

TEST_CASE("what a MERGE returns is read too") {
    const std::string merge = "MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN DELETE ";
    CHECK(read(merge + "RETURNING merge_action(), a.*", 170000).diagnostics.empty());
    for (const char* mistake : {"RETURNING FROM", "RETURNING a FROM b"})
        CHECK(read(merge + mistake, 170000).diagnostics.at(0).rule == "newer-syntax");
}

TEST_CASE("psql's commands and COPY data are refused with what to do instead") {
    const auto found = read("\\connect other\nCOPY t FROM stdin;\n1\n\\.\n");
    REQUIRE(found.diagnostics.size() == 2);
    CHECK(found.diagnostics[0].rule == "psql-meta-command");
    CHECK(found.diagnostics[0].line == 1);
    CHECK(found.diagnostics[1].rule == "copy-inline-data");
    CHECK(found.diagnostics[1].line == 2);
    CHECK_FALSE(found.diagnostics[1].help.empty());
    CHECK(found.statements.at(0).copies_from_stdin);
    CHECK(read("COPY t TO STDOUT").diagnostics.at(0).rule == "copy-to-stdout");
    CHECK(read("COPY t FROM STDIN").diagnostics.at(0).rule == "copy-inline-data");
    CHECK_FALSE(only("COPY t FROM '/x'").copies_from_stdin);
}

TEST_CASE("a placeholder that nothing replaced is named, with the line to add") {
    const auto found = read("CREATE TABLE :NAME.t (a int);\nCREATE TABLE {{ .Schema }}.u (a int);");
    REQUIRE(found.diagnostics.size() == 2);
    CHECK(found.diagnostics[0].rule == "placeholder-unresolved");
    CHECK(found.diagnostics[0].help.at(0).find("placeholders = { NAME = ") != std::string::npos);
    CHECK(found.diagnostics[1].rule == "placeholder-unresolved");
    CHECK(only("SELECT a::int, b[1:c] FROM t").kind == "select");
}

TEST_CASE("lines count from where the script begins in its file") {
    const auto found = read_statements({"-- x\nSELECT 1;\nSELEC;", "a.sql", 10, 150000, nullptr});
    CHECK(found.statements[0].line == 11);
    CHECK(found.diagnostics.at(0).line == 12);
}

TEST_CASE("an insert is judged by the parser like everything else") {
    CHECK(only("insert\tinto t select a from u on conflict do nothing returning a").kind ==
          "insert");
    CHECK(only("INSERT INTO t VALUES (nextval('s'))").survivors ==
          std::vector<std::string>{"nextval"});
    const auto wrong = read("SELECT 1;\nINSERT INTO t VALUES ('ä', ;");
    REQUIRE(wrong.diagnostics.size() == 1);
    CHECK(wrong.diagnostics[0].rule == "syntax-error");
    CHECK(wrong.diagnostics[0].line == 2);
    CHECK(wrong.diagnostics[0].column == 28);
    CHECK(read("INSERT INTO t VALUES (:value)").diagnostics[0].rule == "placeholder-unresolved");
}

TEST_CASE("many inserts in a row are read as if each stood alone") {
    std::string text;
    for (int index = 0; index < 450; ++index)
        text += index % 3 == 0   ? "insert into t values (1, 'a;b') -- c\n;\n"
                : index % 3 == 1 ? "INSERT INTO t SELECT setval('s', 1);\n"
                                 : "INSERT INTO t VALUES ($$;$$) /* ; */;\n";
    const auto all = read(text);
    REQUIRE(all.diagnostics.empty());
    REQUIRE(all.statements.size() == 450);
    for (std::size_t index = 0; index < 450; ++index) {
        const Statement& statement = all.statements[index];
        const auto alone =
            only(text.substr(statement.begin, statement.end - statement.begin)).survivors;
        CHECK(statement.kind == "insert");
        CHECK(statement.survivors == alone);
        CHECK(alone.size() == (index % 3 == 1 ? 1U : 0U));
    }
}

TEST_CASE("the one of many inserts that the parser refuses is the one that is told") {
    std::string text;
    for (int index = 0; index < 300; ++index)
        text += index == 250 ? "INSERT INTO t VALUE (1);\n" : "INSERT INTO t VALUES (1);\n";
    const auto all = read(text);
    CHECK(all.statements.size() == 300);
    REQUIRE(all.diagnostics.size() == 1);
    CHECK(all.diagnostics[0].rule == "syntax-error");
    CHECK(all.diagnostics[0].line == 251);
}

TEST_CASE("a place is the same however long its line is") {
    std::string text = "first\n";
    for (int count = 0; count < 6'000; ++count) text += count % 3 == 0 ? "\xC3\xA9" : "x";
    text += "\nlast";
    const migrations::sql::Positions positions{text, 7};
    const std::size_t line = 6;
    for (std::size_t byte = 0; byte <= text.size(); byte += 37) {
        const auto place = positions.place(byte);
        const std::size_t end_of_line = text.find('\n', line);
        const std::size_t begin = byte < line ? 0 : byte <= end_of_line ? line : end_of_line + 1;
        INFO(byte);
        CHECK(place.column == migrations::sql::count_characters(
                                  std::string_view{text}.substr(begin, byte - begin)) +
                                  1);
        CHECK(place.line == (byte < line ? 7U : byte <= end_of_line ? 8U : 9U));
        CHECK(positions.line(byte) == place.line);
    }
    for (const std::size_t size : {4'095U, 4'096U, 8'192U}) {
        const std::string one(size, 'x');
        CHECK(migrations::sql::Positions{one}.place(size).column == size + 1);
    }
}

TEST_CASE("a backslash before a quote is told of where a statement does not parse") {
    const auto told = [](std::string_view text) {
        const auto diagnostics = read(text).diagnostics;
        REQUIRE(diagnostics.size() == 1);
        std::string all;
        for (const auto& help : diagnostics[0].help) all += help + "\n";
        return all.find("standard_conforming_strings") != std::string::npos;
    };
    CHECK(told("INSERT INTO t VALUES ('it\\'s')"));
    CHECK_FALSE(told("INSERT INTO t VALUE ('its')"));
}
