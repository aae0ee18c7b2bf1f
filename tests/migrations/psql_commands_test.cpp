#include "migrations/sql/psql_commands.hpp"

#include <catch2/catch.hpp>

using migrations::Severity;
using migrations::sql::say_unjudged_commands;

TEST_CASE("what a command of psql brings in is said not to be judged") {
    for (const std::string command :
         {"\\i more.sql", "\\ir more.sql", "\\include more.sql", "\\c other", "\\connect other",
          "\\if :is_new", "\\copy t from 'rows.csv'", "\\! rm -rf dir", "\\!rm"}) {
        const auto said = say_unjudged_commands("SELECT 1;\n" + command + "\nSELECT 2;\n", "a.sql");
        CAPTURE(command);
        REQUIRE(said.size() == 1);
        CHECK(said[0].rule == "psql-meta-command");
        CHECK(said[0].severity == Severity::warning);
        CHECK(said[0].line == 2);
        CHECK(said[0].file == "a.sql");
        CHECK_FALSE(said[0].help.empty());
    }
    CHECK(say_unjudged_commands("SELECT 'DROP TABLE a' \\gexec\n", "a.sql").size() == 1);
}

TEST_CASE("every command of psql's in a line is seen") {
    const auto behind = say_unjudged_commands("SELECT 1 \\gset \\i foo.sql\n", "a.sql");
    REQUIRE(behind.size() == 1);
    CHECK(behind[0].column == 16);
    const auto both = say_unjudged_commands("\\ir 'a\\'b.sql' \\! rm \\i x\n", "a.sql");
    REQUIRE(both.size() == 2);
    CHECK(both[0].message.starts_with("\\ir "));
    CHECK(both[1].message.starts_with("\\! "));
    CHECK(say_unjudged_commands("\\echo \"\\i\" '\\i a' `date`\\i b\n", "a.sql").size() == 2);
    for (const auto& each : say_unjudged_commands("\\c postgres://a:b@c/d \\! ls\n", "a.sql"))
        CHECK(each.source_line.empty());
}

TEST_CASE("a program that psql runs without \\! is told of, and SQL behind a separator") {
    for (const std::string line :
         {"\\set x `cmd`", "\\o |cmd \\i x", "SELECT 1 \\g |cmd", "\\w |cmd",
          "\\gx (format=csv) |cmd", "\\echo a \\\\ DROP TABLE t;"}) {
        CAPTURE(line);
        CHECK(say_unjudged_commands(line + "\n", "a.sql").size() == 1);
    }
    for (const std::string line : {"\\o out|cmd", "\\echo |cmd", "\\set x '`cmd`'",
                                   "\\echo a \\\\ ", "\\set a '|' \\\\", "\\"}) {
        CAPTURE(line);
        CHECK(say_unjudged_commands(line + "\n", "a.sql").empty());
    }
}

TEST_CASE("commands of psql that change nothing, and what looks like one, are let be") {
    for (const std::string text :
         {"\\set ON_ERROR_STOP on\n\\echo a\n\\pset pager off\n\\timing\n\\set QUIET 1\n\\unset "
          "QUIET\n",
          "\\restrict a1b2\nSELECT 1;\n\\unrestrict a1b2\n", "SELECT E'\\i more.sql';",
          "-- \\i a\n", "COPY t FROM stdin;\n\\i\n\\.\n", "SELECT 1 \\g\n", "\\else\n\\endif\n",
          "SELECT 1\\; SELECT 2\\;\n"}) {
        CAPTURE(text);
        CHECK(say_unjudged_commands(text, "a.sql").empty());
    }
}

TEST_CASE("the line of a \\connect, which may hold a password, is not shown") {
    const auto said = say_unjudged_commands("\\c postgres://a:b@c/d\n", "a.sql");
    REQUIRE(said.size() == 1);
    CHECK(said[0].source_line.empty());
}
