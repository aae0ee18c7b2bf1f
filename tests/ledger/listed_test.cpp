#include "ledger/listed.hpp"

#include <catch2/catch.hpp>

using ledger::listed;

TEST_CASE("as many names as are asked for, and how many there are besides") {
    CHECK(listed({}, 2).empty());
    CHECK(listed({"a"}, 2) == "a");
    CHECK(listed({"a", "b"}, 2) == "a, b");
    CHECK(listed({"a", "b", "c"}, 2) == "a, b and 1 more");
    CHECK(listed({"a is gone", "b is new"}, 2, "; ") == "a is gone; b is new");
    CHECK(listed({"a is gone", "b is new", "c is new"}, 1, "; ") == "a is gone; and 2 more");
}
