#include "projections/catalogue.hpp"
#include "projections/overlay_rows.hpp"
#include "projections/state_hash.hpp"
#include "tests/projections/any_history.hpp"
#include "tests/projections/faulty_rows.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <rapidcheck.h>
#include <vector>

namespace engine_property_test {

using namespace projections;
using namespace tests;

namespace {

const int events_max = std::getenv("VARVE_SOAK") != nullptr ? 200 : 40;

RecordedLedger ledger_of(const std::vector<std::uint32_t>& history) {
    RecordedLedger ledger;
    for (const std::uint32_t dice : history) add_any_event(ledger, dice);
    return ledger;
}

std::vector<RowChange> puts(const MemoryRows& rows) {
    std::vector<RowChange> changes;
    for (const auto& [key, value] : rows.all()) changes.push_back({key, value});
    return changes;
}

}  // namespace

TEST_CASE("caught up in pieces of any size equals rebuilt, in every row, position and hash") {
    CHECK(rc::check([] {
        const auto history = *any_history(events_max);
        RecordedLedger ledger;
        MemoryRows rows;
        for (const std::uint32_t dice : history) {
            add_any_event(ledger, dice);
            if (*rc::gen::inRange(0, 8) == 0) RC_ASSERT(catch_up_all(ledger, rows).has_value());
        }
        RC_ASSERT(catch_up_all(ledger, rows).has_value());
        MemoryRows rebuilt;
        for (const Projection& projection : all_projections())
            RC_ASSERT(rebuild(ledger, rebuilt, projection).has_value());
        RC_ASSERT(rows == rebuilt);
        for (const Projection& projection : all_projections())
            RC_ASSERT(check(ledger, rows, projection)->equal());
        for (const auto& outcome : check_all(ledger, rows)) RC_ASSERT(outcome->equal());
    }));
}

TEST_CASE("the state hash that was brought along is that of the rows that are there") {
    CHECK(rc::check([] {
        const RecordedLedger ledger = ledger_of(*any_history(events_max));
        for (const Projection& projection : all_projections()) {
            MemoryRows rows;
            const auto caught_up = catch_up(ledger, rows, projection);
            StateHash hash;
            const std::string prefix = row_prefix(projection);
            for (const auto& [key, value] : rows.all())
                if (key.starts_with(prefix)) hash.add(key.substr(prefix.size()), value);
            RC_ASSERT(caught_up->progress.state_hash == hash.digest());
        }
    }));
}

TEST_CASE("after a write that failed, rows and position agree, and catching up again is enough") {
    CHECK(rc::check([] {
        const auto history = *any_history(events_max);
        const Projection projection = *rc::gen::elementOf(all_projections());
        RecordedLedger ledger;
        FaultyRows rows;
        for (const std::uint32_t dice : history) {
            add_any_event(ledger, dice);
            rows.writes_before_failure = *rc::gen::inRange<std::size_t>(0, 4);
            const bool caught_up = catch_up(ledger, rows, projection).has_value();
            const auto outcome = check(ledger, rows, projection);
            RC_ASSERT(outcome->equal());
            if (caught_up) RC_ASSERT(outcome->position == ledger.head()->size);
        }
        rows.writes_before_failure = 10;
        RC_ASSERT(catch_up(ledger, rows, projection).has_value());
        RC_ASSERT(rows.rows == *fold_to(ledger, projection, history.size()));
    }));
}

TEST_CASE("as of a position equals what was there when the ledger ended at it") {
    CHECK(rc::check([] {
        const auto history = *any_history(events_max);
        const auto size = *rc::gen::inRange<std::size_t>(0, history.size() + 1);
        RecordedLedger ledger;
        MemoryRows then;
        for (std::size_t i = 0; i < history.size(); ++i) {
            if (i == size) RC_ASSERT(catch_up_all(ledger, then).has_value());
            add_any_event(ledger, history[i]);
        }
        if (size == history.size()) RC_ASSERT(catch_up_all(ledger, then).has_value());
        MemoryRows as_of;
        for (const Projection& projection : all_projections())
            RC_ASSERT(as_of.write(puts(*fold_to(ledger, projection, size))).has_value());
        RC_ASSERT(as_of == then);
    }));
}

TEST_CASE("caught up in an overlay reads as caught up in place, and changes nothing below") {
    CHECK(rc::check([] {
        const auto history = *any_history(events_max);
        const auto size = *rc::gen::inRange<std::size_t>(0, history.size() + 1);
        RecordedLedger ledger;
        MemoryRows below;
        for (std::size_t i = 0; i < history.size(); ++i) {
            if (i == size) RC_ASSERT(catch_up_all(ledger, below).has_value());
            add_any_event(ledger, history[i]);
        }
        const MemoryRows before = below;
        OverlayRows overlay(below);
        RC_ASSERT(catch_up_all(ledger, overlay).has_value());
        MemoryRows in_place = below;
        RC_ASSERT(catch_up_all(ledger, in_place).has_value());
        RC_ASSERT(*overlay.scan("") == *in_place.scan(""));
        RC_ASSERT(below == before);
    }));
}

}  // namespace engine_property_test
