#include "projections/redactions.hpp"

#include "projections/engine.hpp"
#include "projections/status.hpp"
#include "tests/projections/target_history.hpp"

#include <catch2/catch.hpp>

namespace redactions_test {

using namespace projections;

TEST_CASE("the rows of status know where content was redacted") {
    tests::RecordedLedger ledger;
    tests::TargetHistory history(ledger, "production");
    MemoryRows rows;
    history.known();
    REQUIRE(catch_up(ledger, rows, status_projection()));
    CHECK(read_redactions(rows)->empty());
    ledger.add("ledger", ledger::ContentRedacted{ledger::sha256("one"), 3, "sql", {0}});
    history.known();
    ledger.add("ledger", ledger::ContentRedacted{ledger::sha256("two"), 3, "sql", {2}});
    REQUIRE(catch_up(ledger, rows, status_projection()));
    CHECK(*read_redactions(rows) == std::vector<std::uint64_t>{1, 3});
}

}  // namespace redactions_test
