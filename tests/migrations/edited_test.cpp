#include "migrations/rules/edited.hpp"

#include <catch2/catch.hpp>

using migrations::rules::edited;

TEST_CASE("edits are made by line and column, counted in characters") {
    CHECK(edited("ä INDEX\nb\n", 1, {{1, 8, 1, 8, " CONCURRENTLY"}}) ==
          "ä INDEX CONCURRENTLY\nb\n");
    CHECK(edited("a\nb c\n", 5, {{6, 3, 6, 4, "d"}, {5, 1, 5, 2, "x"}}) == "x\nb d\n");
    CHECK(edited("a\nb", 1, {{1, 1, 2, 2, ""}}) == "");
}

TEST_CASE("edits outside of the text, or over each other, are not made") {
    CHECK_FALSE(edited("a\n", 1, {{3, 1, 3, 2, ""}}));
    CHECK_FALSE(edited("a\n", 2, {{1, 1, 1, 2, ""}}));
    CHECK_FALSE(edited("abc\n", 1, {{1, 1, 1, 3, ""}, {1, 2, 1, 4, ""}}));
}

TEST_CASE("a new statement comes behind what other fixes put at the end of the one before it") {
    CHECK(edited("a, b", 1, {{1, 2, 1, 2, " x"}, {1, 5, 1, 5, ";\nc"}, {1, 5, 1, 5, " y;\nd"}}) ==
          "a x, b y;\nd;\nc");
}
