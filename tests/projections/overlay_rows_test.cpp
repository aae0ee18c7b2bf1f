#include "projections/overlay_rows.hpp"

#include "projections/memory_rows.hpp"
#include "tests/contracts/row_store_contract.hpp"

namespace overlay_rows_test {

using namespace projections;

TEST_CASE("an overlay over nothing keeps the contract of rows") {
    const MemoryRows below;
    OverlayRows rows(below);
    tests::row_store_contract(rows);
}

TEST_CASE("an overlay shows its own rows before those below, which it never changes") {
    MemoryRows below;
    REQUIRE(below.write({{"a", "1"}, {"b", "2"}, {"c", "3"}}));
    const MemoryRows before = below;
    OverlayRows rows(below);
    REQUIRE(rows.write({{"b", "new"}, {"c", std::nullopt}, {"d", "4"}}));
    CHECK(*rows.scan("") == std::vector<Row>{{"a", "1"}, {"b", "new"}, {"d", "4"}});
    CHECK(*rows.get("a") == "1");
    CHECK(*rows.get("c") == std::nullopt);
    CHECK(below == before);
}

}  // namespace overlay_rows_test
