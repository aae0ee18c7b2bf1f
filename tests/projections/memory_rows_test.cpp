#include "projections/memory_rows.hpp"

#include "tests/contracts/row_store_contract.hpp"

namespace memory_rows_test {

TEST_CASE("rows in memory keep the contract of rows") {
    projections::MemoryRows rows;
    tests::row_store_contract(rows);
}

TEST_CASE("a copy of rows in memory is a snapshot") {
    projections::MemoryRows rows;
    REQUIRE(rows.write({{"a", "1"}}));
    const projections::MemoryRows snapshot = rows;
    REQUIRE(rows.write({{"a", "2"}}));
    CHECK(*snapshot.get("a") == "1");
    CHECK_FALSE(snapshot == rows);
}

}  // namespace memory_rows_test
