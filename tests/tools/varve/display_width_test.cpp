#include "tools/varve/display_width.hpp"

#include <catch2/catch.hpp>

using tools::varve::display_width;

TEST_CASE("a text is as wide as a terminal shows it") {
    CHECK(display_width("") == 0);
    CHECK(display_width("ALTER") == 5);
    CHECK(display_width("caf\xC3\xA9") == 4);
    CHECK(display_width("cafe\xCC\x81") == 4);
    CHECK(display_width("\xE6\x97\xA5\xE6\x9C\xAC") == 4);
    CHECK(display_width("\xF0\x9F\x91\x8D") == 2);
    CHECK(display_width("\x1b[31mred\x1b[0m") == 3);
    CHECK(display_width("\xC3") == 1);
}
