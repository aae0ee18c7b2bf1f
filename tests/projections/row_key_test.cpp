#include "projections/row_key.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace row_key_test {

using namespace projections;

TEST_CASE("the rows of one name are no prefix of those of a longer name") {
    CHECK_FALSE(row_key({"tried", "prod2"}).starts_with(row_key({"tried", "prod"})));
    CHECK(row_key({"tried", "prod", "0001"}).starts_with(row_key({"tried", "prod"})));
}

TEST_CASE("parts of a row key can be told apart again") {
    const std::vector<std::string> parts{"tried", "", "1.1/a b"};
    CHECK(row_key_parts(row_key({parts[0], parts[1], parts[2]})) == parts);
    CHECK(row_key_parts("").empty());
    CHECK(row_key_parts("open") == std::vector<std::string>{"open"});
}

TEST_CASE("big-endian numbers sort as the numbers do") {
    CHECK(big_endian(255) < big_endian(256));
    CHECK(big_endian(0x0102) == std::string("\0\0\0\0\0\0\1\2", 8));
    for (const std::uint64_t number :
         {std::uint64_t{0}, std::uint64_t{0x80}, std::numeric_limits<std::uint64_t>::max()})
        CHECK(from_big_endian(big_endian(number)) == number);
}

}  // namespace row_key_test
