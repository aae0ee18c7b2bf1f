#include "commands/find_version.hpp"

#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

namespace find_version_test {

using namespace ledger;
using namespace tests;
using commands::find_version;

TEST_CASE("a version is found as it is spelled, else by its number") {
    const std::vector<Version> among{{"001"}, {"0002_orders"}, {"1.10"}, {"20261122093000"}};
    CHECK(must(find_version({"001"}, among)).text == "001");
    CHECK(must(find_version({"1"}, among)).text == "001");
    CHECK(must(find_version({"2"}, among)).text == "0002_orders");
    CHECK(must(find_version({"01.10"}, among)).text == "1.10");
    CHECK(must(find_version({"20261122093000"}, among)).text == "20261122093000");
    CHECK(error_of(find_version({"3"}, among)).reason == "version-unknown");
    CHECK(error_of(find_version({""}, among)).reason == "version-unknown");
    CHECK(error_of(find_version({"orders"}, among)).reason == "version-unknown");
    CHECK(error_of(find_version({"1.1"}, among)).reason == "version-unknown");
}

TEST_CASE("a number that several have is refused, unless one is spelled so") {
    const std::vector<Version> among{{"1"}, {"01"}, {"R__views"}, {"2_a"}, {"2_b"}};
    CHECK(must(find_version({"01"}, among)).text == "01");
    CHECK(error_of(find_version({"001"}, among)).reason == "version-ambiguous");
    CHECK(error_of(find_version({"2"}, among)).detail == "\"2\" may be \"2_a\", \"2_b\"");
    CHECK(must(find_version({"R__views"}, among)).text == "R__views");
}

}  // namespace find_version_test
