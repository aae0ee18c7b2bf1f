#include "projections/catalogue.hpp"
#include "projections/status.hpp"
#include "projections/target_state.hpp"
#include "tests/projections/target_history.hpp"

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>

namespace cost_test {

using namespace projections;
using namespace tests;

namespace {

#ifdef NDEBUG
constexpr bool optimised = true;
#else
constexpr bool optimised = false;
#endif

// Met about tenfold; they tell a quadratic fold from a linear one.
constexpr double fold_event_seconds_max = 100e-6;
constexpr double read_migration_seconds_max = 40e-6;

bool soak() { return std::getenv("VARVE_SOAK") != nullptr; }

// Of this process alone, whatever else the machine does.
template <class Work>
double seconds_of(const Work& work) {
    const std::clock_t begin = std::clock();
    work();
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

// Five events a migration, two migrations a run.
RecordedLedger long_history(std::size_t migrations) {
    RecordedLedger ledger;
    TargetHistory production(ledger, "production");
    production.known();
    for (std::size_t i = 0; i < migrations; ++i) {
        const std::string version = std::to_string(20'260'000'000'000 + i);
        const auto attempt = static_cast<std::uint8_t>(i);
        production.seen(version);
        if (i % 2 == 0) production.run(static_cast<std::uint8_t>(i / 2));
        production.started(attempt, version);
        production.failed(attempt, version);
        production.started(attempt, version);
        production.succeeded(attempt, version);
        if (i % 2 == 1) production.finished(ledger::Outcome::succeeded, 2);
    }
    return ledger;
}

}  // namespace

TEST_CASE("folding is linear in events, and reading in migrations") {
    const std::size_t migrations = soak() ? 17'000 : optimised ? 5'000 : 500;
    const RecordedLedger ledger = long_history(migrations);
    MemoryRows rows;
    for (const Projection& projection : all_projections()) {
        const double seconds = seconds_of([&] { REQUIRE(catch_up(ledger, rows, projection)); });
        std::cout << projection.name << ": " << ledger.head()->size << " events folded in "
                  << seconds << " s\n";
        if (optimised)
            CHECK(seconds < fold_event_seconds_max * static_cast<double>(ledger.head()->size));
    }
    TargetState state;
    const double state_seconds =
        seconds_of([&] { state = *read_target_state(rows, {"production"}); });
    CHECK(state.applied_order.size() == migrations);
    const double status_seconds = seconds_of(
        [&] { CHECK(read_status(rows, {"production"})->count(State::applied) == migrations); });
    std::cout << migrations << " migrations read in " << state_seconds << " s (state), "
              << status_seconds << " s (status)\n";
    const double read_seconds_max = read_migration_seconds_max * static_cast<double>(migrations);
    if (optimised) CHECK(state_seconds < read_seconds_max);
    if (optimised) CHECK(status_seconds < read_seconds_max);
}

}  // namespace cost_test
