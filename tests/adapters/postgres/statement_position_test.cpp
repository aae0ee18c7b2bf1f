#include "adapters/postgres/statement_position.hpp"

#include <catch2/catch.hpp>

using adapters::postgres::LineAndColumn;
using adapters::postgres::locate;

namespace {

migrations::Script two_statements() {
    migrations::Script script;
    script.text = "-- größe\n  SELECT 'ü',\n   ö;\nSELECT 2";
    migrations::Statement first;
    first.begin = script.text.find("SELECT");
    first.end = script.text.find(';');
    migrations::Statement second;
    second.begin = script.text.find("SELECT 2");
    second.end = script.text.size();
    script.statements = {first, second};
    return script;
}

}  // namespace

TEST_CASE("without a position a statement is where it begins") {
    CHECK(locate(two_statements(), 0, std::nullopt, false) == LineAndColumn{2, 3});
    CHECK(locate(two_statements(), 1, std::nullopt, false) == LineAndColumn{4, 1});
}

TEST_CASE("a position counts characters of the statement, a column those of its line") {
    CHECK(locate(two_statements(), 0, 8, false) == LineAndColumn{2, 10});   // the quote
    CHECK(locate(two_statements(), 0, 11, false) == LineAndColumn{2, 13});  // the comma
    CHECK(locate(two_statements(), 0, 16, false) == LineAndColumn{3, 4});   // the last letter
    CHECK(locate(two_statements(), 1, 8, false) == LineAndColumn{4, 8});
}

TEST_CASE("a server that counts bytes is understood") {
    CHECK(locate(two_statements(), 0, 12, true) == LineAndColumn{2, 13});
    CHECK(locate(two_statements(), 0, 17, true) == LineAndColumn{3, 4});
}

TEST_CASE("a section of a file begins at its own line") {
    auto script = two_statements();
    script.first_line = 40;
    CHECK(locate(script, 1, 8, false) == LineAndColumn{43, 8});
}

TEST_CASE("a position beyond the statement is its end") {
    CHECK(locate(two_statements(), 1, 999, false) == LineAndColumn{4, 9});
    CHECK(locate(two_statements(), 1, 999, true) == LineAndColumn{4, 9});
}
