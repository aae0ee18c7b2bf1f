#include "tools/varve/display_width.hpp"

#include <catch2/catch.hpp>

using tools::varve::width_of;

TEST_CASE("a text is as wide as a terminal shows it") {
    CHECK(width_of("") == 0);
    CHECK(width_of("ALTER") == 5);
    CHECK(width_of("caf\xC3\xA9") == 4);
    CHECK(width_of("cafe\xCC\x81") == 4);
    CHECK(width_of("\xE6\x97\xA5\xE6\x9C\xAC") == 4);
    CHECK(width_of("\xF0\x9F\x91\x8D") == 2);
    CHECK(width_of("\x1b[31mred\x1b[0m") == 3);
    CHECK(width_of("\xC3") == 1);
}
