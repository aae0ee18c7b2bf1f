#include "projections/as_of.hpp"

#include "projections/engine.hpp"
#include "projections/memory_rows.hpp"
#include "projections/past.hpp"
#include "projections/row_key.hpp"
#include "projections/rows.hpp"
#include "projections/status.hpp"
#include "tests/projections/any_history.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstdlib>
#include <rapidcheck.h>
#include <string>
#include <vector>

namespace as_of_test {

using namespace projections;
using namespace tests;

namespace {

const int events_max = std::getenv("VARVE_SOAK") != nullptr ? 200 : 40;

// A row an event, so that there can be more than are hashed.
void remember(Rows& rows, const ledger::Record& record) {
    rows.put("newest|", std::to_string(record.position));
    rows.put("at|" + big_endian(record.position), "there");
}

constexpr Projection remembered{"remembered", 1, remember, 4};
constexpr Projection plain{"remembered", 1, remember};

RecordedLedger recorded(std::size_t events, const std::string& target = "production") {
    RecordedLedger ledger;
    TargetHistory history(ledger, target);
    for (std::size_t i = 0; i < events; ++i) history.known();
    return ledger;
}

ledger::Result<std::vector<Row>> rows_then(const RecordedLedger& ledger, const RowStore& stored,
                                           std::uint64_t size, AsOfStart& start) {
    return as_of(
        ledger, stored, remembered, size,
        [](const RowStore& rows) { return rows.scan(row_prefix(remembered)); }, &start);
}

std::vector<Row> folded(const RecordedLedger& ledger, std::uint64_t size) {
    return *fold_to(ledger, plain, size)->scan(row_prefix(remembered));
}

// However it began, it answers what the events give.
AsOfStart start_of(const RecordedLedger& ledger, const RowStore& stored, std::uint64_t size) {
    AsOfStart start;
    CHECK(*rows_then(ledger, stored, size, start) == folded(ledger, size));
    return start;
}

}  // namespace

TEST_CASE("status as of any position by what is kept of the past equals the fold from the start") {
    CHECK(rc::check([] {
        const auto history = *any_history(events_max);
        const std::uint64_t every = *rc::gen::inRange<std::uint64_t>(1, 12);
        const Projection status{"status", 5, status_projection().apply, every};
        RecordedLedger ledger;
        MemoryRows stored;
        std::uint64_t level = 0;
        for (const std::uint32_t dice : history) {
            add_any_event(ledger, dice);
            if (*rc::gen::inRange(0, 6) != 0) continue;
            RC_ASSERT(catch_up(ledger, stored, status).has_value());
            level = ledger.head()->size;
        }
        if (level > 0) RC_ASSERT(check(ledger, stored, status)->equal());
        for (std::uint64_t size = 0; size <= history.size(); ++size) {
            const auto rows = rows_as_of(ledger, stored, status, size);
            const auto again = fold_to(ledger, status, size);
            const std::string prefix = row_prefix(status);
            const std::vector<Row> expected = *again->scan(prefix);
            RC_ASSERT(*(*rows)->rows().scan(prefix) == expected);
            for (const Row& row : expected) RC_ASSERT(*(*rows)->rows().get(row.key) == row.value);
            const std::uint64_t begin = size >= level ? level : size - size % every;
            RC_ASSERT((*rows)->start().position == begin);
            const std::vector<ledger::Target> targets = *read_targets(*again);
            for (const ledger::Target& target : targets)
                RC_ASSERT(*read_status((*rows)->rows(), target) == *read_status(*again, target));
        }
    }));
}

TEST_CASE("caught up in pieces keeps the same past as rebuilt") {
    CHECK(rc::check([] {
        const auto history = *any_history(events_max);
        const Projection status{"status", 5, status_projection().apply, 5};
        RecordedLedger ledger;
        MemoryRows rows;
        for (const std::uint32_t dice : history) {
            add_any_event(ledger, dice);
            if (*rc::gen::inRange(0, 4) == 0) RC_ASSERT(catch_up(ledger, rows, status).has_value());
        }
        RC_ASSERT(catch_up(ledger, rows, status).has_value());
        RC_ASSERT(rows == *fold_to(ledger, status, history.size()));
    }));
}

TEST_CASE("as-of begins with the stored rows, with a moment, or with the first event") {
    const RecordedLedger ledger = recorded(20);
    MemoryRows stored;
    REQUIRE(catch_up(ledger.cut(15), stored, remembered));
    CHECK(start_of(ledger, stored, 3).position == 0);
    CHECK(start_of(ledger, stored, 4).position == 4);
    CHECK(start_of(ledger, stored, 11).position == 8);
    CHECK(start_of(ledger, stored, 14).position == 12);
    CHECK(start_of(ledger, stored, 15).position == 15);
    CHECK(start_of(ledger, stored, 20).position == 15);
    for (std::uint64_t size = 0; size <= 20; ++size)
        CHECK(start_of(ledger, stored, size).why_not.empty());
    AsOfStart start;
    CHECK(rows_then(ledger, stored, 21, start).error().reason == "position-beyond-end");
}

TEST_CASE("as-of folds from the first event where nothing is stored, or of another history") {
    const RecordedLedger ledger = recorded(20);
    MemoryRows stored;
    CHECK(start_of(ledger, stored, 9).why_not == "no rows are stored");
    REQUIRE(catch_up(recorded(15, "staging"), stored, remembered));
    AsOfStart start = start_of(ledger, stored, 9);
    CHECK(start.position == 0);
    CHECK(start.why_not == "the ledger has another history up to position 15");
    CHECK(start_of(ledger.cut(10), stored, 9).position == 0);
}

TEST_CASE(
    "as-of believes no moment that is missing, another's, or not what the ledger's tree says") {
    const RecordedLedger ledger = recorded(20);
    MemoryRows stored;
    REQUIRE(catch_up(ledger, stored, remembered));
    const std::string moment = *stored.get(moment_key(remembered, 8)).value();
    MemoryRows other;
    REQUIRE(catch_up(recorded(20, "staging"), other, remembered));
    for (const auto& value :
         {std::optional<std::string>{}, std::optional<std::string>{"{"},
          *stored.get(moment_key(remembered, 4)), *other.get(moment_key(remembered, 8))}) {
        REQUIRE(stored.write({{moment_key(remembered, 8), value}}));
        const AsOfStart start = start_of(ledger, stored, 9);
        CHECK(start.position == 0);
        CHECK_FALSE(start.why_not.empty());
        CHECK(start_of(ledger, stored, 13).position == 12);
    }
    REQUIRE(stored.write({{moment_key(remembered, 8), moment}}));
    CHECK(start_of(ledger, stored, 9).position == 8);
}

TEST_CASE("as-of believes no rows whose hash is not the one that is stated") {
    const RecordedLedger ledger = recorded(20);
    MemoryRows level;
    REQUIRE(catch_up(ledger, level, remembered));
    const std::string image = image_prefix(remembered) + "newest|" + big_endian(8);
    const std::string key = row_prefix(remembered) + "at|" + big_endian(2);
    for (const RowChange& change : std::vector<RowChange>{
             {image, "=6"}, {image, "?"}, {image, std::nullopt}, {key, "other"}, {key, {}}}) {
        MemoryRows stored = level;
        REQUIRE(stored.write({change}));
        const AsOfStart start = start_of(ledger, stored, 9);
        CHECK(start.position == 0);
        CHECK_FALSE(start.why_not.empty());
    }
}

TEST_CASE("of more rows than are hashed, as-of reads those that are asked for") {
    const std::uint64_t size = hashed_rows_max + 20;
    const RecordedLedger ledger = recorded(size);
    const Projection rare{"remembered", 1, remember, 4096};
    MemoryRows stored;
    REQUIRE(catch_up(ledger, stored, rare));
    const auto newest = [&](AsOfStart& start) {
        return as_of(
            ledger, stored, rare, size - 10,
            [&](const RowStore& rows) { return rows.get(row_prefix(rare) + "newest|"); }, &start);
    };
    AsOfStart start;
    CHECK(**newest(start) == std::to_string(size - 11));
    CHECK(start.position == hashed_rows_max);
    CHECK(start.why_not.empty());
    // One that is unreadable is found when it is asked for.
    REQUIRE(stored.write(
        {{image_prefix(rare) + "newest|" + big_endian(hashed_rows_max), std::string("?")}}));
    CHECK(**newest(start) == std::to_string(size - 11));
    CHECK(start.position == 0);
    CHECK(start.why_not == "a stored row is unreadable");
}

TEST_CASE("as-of says of a damaged ledger that it is damaged, whatever is stored") {
    RecordedLedger ledger = recorded(20);
    MemoryRows stored;
    REQUIRE(catch_up(ledger, stored, remembered));
    std::swap(ledger.line(9), ledger.line(10));
    AsOfStart start;
    CHECK(rows_then(ledger, stored, 11, start).error().code == ledger::Code::corrupt);
}

}  // namespace as_of_test
