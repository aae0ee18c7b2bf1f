#include "migrations/sql/split.hpp"

#include <catch2/catch.hpp>

#include <rapidcheck.h>
#include <string>
#include <vector>

namespace {

using migrations::sql::split;

std::vector<std::string> pieces(std::string_view text) {
    std::vector<std::string> found;
    for (const auto& statement : split(text).statements)
        found.emplace_back(
            text.substr(statement.range.begin, statement.range.end - statement.range.begin));
    return found;
}

using Pieces = std::vector<std::string>;

}  // namespace

TEST_CASE("a statement is without the comments around it and its semicolon") {
    CHECK(pieces("-- why\n  SELECT 1 /* still */ + 1  -- end\n ; ") ==
          Pieces{"SELECT 1 /* still */ + 1"});
    CHECK(pieces("") == Pieces{});
    CHECK(pieces(" ;; -- nothing\n ;") == Pieces{});
    CHECK(pieces("SELECT 1;SELECT 2") == Pieces{"SELECT 1", "SELECT 2"});
}

TEST_CASE("semicolons in strings, names, comments and parentheses end nothing") {
    CHECK(pieces("SELECT ';', E'\\';', \"a;b\", $$;$$, $x$;$$;$x$ /* ; /* ; */ ; */;SELECT 2")
              .size() == 2);
    CHECK(pieces("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3").size() == 2);
    CHECK(pieces("SELECT E'a'\n'b\\';'; SELECT 2").size() == 2);
    CHECK(pieces("SELECT 'a\\'; SELECT 2").size() == 2);
    CHECK(pieces("SELECT a$b$; SELECT c$b$").size() == 2);
}

TEST_CASE("the body of BEGIN ATOMIC is one statement, and a later BEGIN is another") {
    const std::string routine =
        "CREATE OR REPLACE FUNCTION f(a int) RETURNS int BEGIN ATOMIC "
        "SELECT CASE WHEN a > 0 THEN 1 ELSE 2 END; SELECT 2; END";
    CHECK(pieces(routine + "; BEGIN; SELECT 1; END;") ==
          Pieces{routine, "BEGIN", "SELECT 1", "END"});
}

TEST_CASE("psql's commands and COPY data are found and are no statements") {
    const std::string_view text = "\\set x 1\nCOPY t (a) FROM stdin;\n1\n'\n\\.\nSELECT 1;";
    const auto found = split(text);
    REQUIRE(found.meta_commands.size() == 1);
    REQUIRE(found.copy_data.size() == 1);
    CHECK(text.substr(found.copy_data[0].begin, 1) == "1");
    CHECK(pieces(text) == Pieces{"COPY t (a) FROM stdin", "SELECT 1"});
}

TEST_CASE("what is not ended goes on to the end of the text") {
    CHECK(pieces("SELECT 'a; SELECT 2") == Pieces{"SELECT 'a; SELECT 2"});
    CHECK(pieces("SELECT 1; /* a; SELECT 2") == Pieces{"SELECT 1", "/* a; SELECT 2"});
    CHECK(pieces("DO $x$ a; $y$;") == Pieces{"DO $x$ a; $y$;"});
}

TEST_CASE("psql's \\; ends a statement, and nothing else of its line") {
    CHECK(pieces("SELECT 1\\; SELECT 2;") == Pieces{"SELECT 1", "SELECT 2"});
    CHECK(pieces("BEGIN\\; TRUNCATE a\\; COMMIT;") == Pieces{"BEGIN", "TRUNCATE a", "COMMIT"});
    CHECK(pieces("SELECT 1\\;") == Pieces{"SELECT 1"});
    CHECK(split("SELECT 1\\; SELECT 2;").meta_commands.size() == 1);
    CHECK(pieces("\\echo a \\; SELECT 2;") == Pieces{});
    CHECK(pieces("SELECT '\\;'; SELECT 2") == Pieces{"SELECT '\\;'", "SELECT 2"});
}

TEST_CASE("whatever the text, statements are in order, apart, and not blank") {
    rc::check([] {
        const auto bits = *rc::gen::container<std::vector<std::string>>(
            rc::gen::elementOf(std::vector<std::string>{"'",
                                                        "\"",
                                                        "$$",
                                                        "$a$",
                                                        ";",
                                                        "(",
                                                        ")",
                                                        "--",
                                                        "\n",
                                                        "/*",
                                                        "*/",
                                                        "\\",
                                                        "BEGIN",
                                                        "ATOMIC",
                                                        "CREATE FUNCTION",
                                                        "END",
                                                        " x ",
                                                        "E'",
                                                        "COPY t FROM STDIN;",
                                                        "\n\\.\n",
                                                        ":",
                                                        "\xC3\xA9"}));
        std::string text;
        for (const auto& bit : bits) text += bit;
        std::size_t end = 0;
        for (const auto& statement : split(text).statements) {
            RC_ASSERT(statement.range.begin >= end);
            RC_ASSERT(statement.range.end > statement.range.begin);
            end = statement.range.end;
        }
        RC_ASSERT(end <= text.size());
    });
}
