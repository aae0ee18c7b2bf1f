#include "migrations/version.hpp"

#include <catch2/catch.hpp>

using migrations::compare_dotted;
using migrations::compare_numbers;

TEST_CASE("versions are compared as numbers of any length") {
    CHECK((compare_numbers("2", "10") < 0));
    CHECK((compare_numbers("001", "1") == 0));
    CHECK((compare_numbers("99999999999999999999999", "100000000000000000000000") < 0));
    CHECK((compare_numbers("0", "") == 0));
}

TEST_CASE("dotted versions are compared part by part") {
    CHECK((compare_dotted("1.2", "1.10") < 0));
    CHECK((compare_dotted("1", "1.0.0") == 0));
    CHECK((compare_dotted("1_1", "1.01") == 0));
    CHECK((compare_dotted("13.1", "14") < 0));
    CHECK((compare_dotted("2", "1.9.9") > 0));
}
