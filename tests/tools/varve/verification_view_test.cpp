#include "tools/varve/verification_view.hpp"

#include "tools/varve/invocation.hpp"

#include <catch2/catch.hpp>

TEST_CASE("of what one cause brings about many times the first are told, and the others counted") {
    std::vector<adapters::rocksdb::Fault> faults;
    for (std::uint64_t position = 10; position < 20; ++position)
        faults.push_back({position, "index-wrong", "not there"});
    faults.push_back({15, "store-damaged", "unreadable"});
    for (std::uint64_t position = 30; position < 36; ++position)
        faults.push_back({position, "event-changed", "changed"});
    const tools::varve::Console console{tools::varve::Invocation{}};
    const std::string index_wrong = console.paint(tools::varve::Colour::red, "index-wrong");
    const auto lines = tools::varve::fault_lines(console, faults);
    REQUIRE(lines.size() == 3 + 1 + 6 + 1);
    CHECK(lines[2] == index_wrong + " at position 12: not there");
    CHECK(lines[3].ends_with(" at position 15: unreadable"));
    CHECK(lines[9].ends_with(" at position 35: changed"));
    CHECK(lines[10] ==
          index_wrong +
              ": 7 more between positions 13 and 19, most likely of the same cause; --format "
              "json has each");
}
