#include "commands/marker_order.hpp"

#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace marker_order_test {

using commands::Marker;
using projections::State;
using tests::migration;
using tests::must;
using tests::Scene;

namespace {

Marker marker(std::uint64_t size, const ledger::Uuid& ledger) {
    Marker made;
    made.ledger = ledger;
    made.ledger_size = size;
    return made;
}

std::vector<std::uint64_t> sizes(const std::vector<Marker>& markers) {
    std::vector<std::uint64_t> all;
    for (const auto& each : markers) all.push_back(each.ledger_size);
    return all;
}

}  // namespace

TEST_CASE("a server's clock that was put back makes no difference of what was undone, or redone") {
    Scene scene{{migration("1", "a", "undo a")}};
    must(scene.run());
    must(scene.rollback());
    SECTION("undone") {
        std::reverse(scene.server.order.begin(), scene.server.order.end());
        CHECK(must(scene.run()).done_count == 1);
    }
    SECTION("and done again") {
        must(scene.run());
        std::swap(scene.server.order.at(1), scene.server.order.at(2));
        CHECK(must(scene.rollback()).done_count == 1);
        CHECK(scene.state().state_of({"1"}) == State::rolled_back);
    }
}

TEST_CASE("markers of other ledgers keep their places") {
    Scene scene{{}};
    const auto own = must(scene.store.head()).ledger;
    const ledger::Uuid other{{1}};
    const auto ordered = must(commands::in_order(
        {marker(9, own), marker(4, other), marker(5, own), marker(2, other), marker(7, own)},
        scene.store));
    CHECK(sizes(ordered) == std::vector<std::uint64_t>{5, 4, 7, 2, 9});
}

TEST_CASE("beyond what was lost the clock tells, since sizes come twice") {
    Scene scene{{}};
    must(scene.store.append(
        {scene.services.context,
         {{std::string{ledger::ledger_stream}, ledger::Uuid{{5}},
           ledger::LedgerRestored{6, ledger::sha256("root"), 40, {}, {}, "copy"}, std::nullopt}},
         {},
         {}}));
    const auto own = must(scene.store.head()).ledger;
    const auto ordered = must(commands::in_order(
        {marker(30, own), marker(6, own), marker(8, own), marker(2, own), marker(12, own)},
        scene.store));
    CHECK(sizes(ordered) == std::vector<std::uint64_t>{2, 6, 30, 8, 12});
}

}  // namespace marker_order_test
