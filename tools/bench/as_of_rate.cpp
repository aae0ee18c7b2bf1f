#include "tools/bench/as_of_rate.hpp"

#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/row_store.hpp"
#include "projections/as_of.hpp"
#include "projections/engine.hpp"
#include "projections/status.hpp"
#include "projections/target_state.hpp"
#include "tools/bench/must.hpp"
#include "tools/bench/sample_ledger.hpp"

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

namespace tools::bench {

namespace {

using adapters::rocksdb::Reader;
using adapters::rocksdb::RowAccess;
using adapters::rocksdb::RowStore;

// As a command that has written does.
void bring_level(const std::filesystem::path& ledger) {
    const auto reader = must(Reader::open(ledger));
    const auto rows = must(RowStore::open(ledger, RowAccess::write));
    for (const auto* projection :
         {&projections::target_state_projection(), &projections::status_projection()})
        must(projections::catch_up(*reader, *rows, *projection));
}

struct Times {
    double open_s{};
    double answer_s{};
};

// All that `varve status --as-of TIME --env TARGET` does before it prints.
Times tell(const std::filesystem::path& ledger, std::int64_t time_us,
           const ledger::Target& target) {
    const double begin_s = wall_s();
    auto reader_opening = must(Reader::begin_open(ledger));
    auto rows_opening = RowStore::begin_open(ledger, RowAccess::read_only);
    const auto reader = must(reader_opening.finish());
    const auto rows = must(rows_opening.finish());
    must(reader->lines(0, 1));  // opens the events as well
    const double opened_s = wall_s();
    const std::uint64_t size = must(projections::position_at(*reader, time_us));
    projections::AsOfStart start;
    const auto status = must(projections::as_of(
        *reader, *rows, projections::status_projection(), size,
        [&](const projections::RowStore& then) { return projections::read_status(then, target); },
        &start));
    if (status.rows.empty() || !start.why_not.empty()) std::exit(1);
    return {opened_s - begin_s, wall_s() - opened_s};
}

}  // namespace

Measured status_as_of(const std::filesystem::path& where, std::uint64_t event_count, int rounds) {
    const Folder folder{where};
    const std::filesystem::path ledger = folder.path() / "ledger";
    WallClock clock;
    const std::int64_t begin_us = clock.now_us();
    fill_with_runs(*new_ledger(ledger, clock), event_count);
    const std::int64_t end_us = clock.now_us();
    bring_level(ledger);
    std::vector<double> openings;
    std::vector<double> answers;
    for (int round = 1; round <= rounds; ++round) {
        const Times times =
            tell(ledger, begin_us + (end_us - begin_us) * round / (rounds + 1), target_of_run(0));
        openings.push_back(times.open_s);
        answers.push_back(times.answer_s);
    }
    return {"status as of a moment among " + std::to_string(event_count) + " events",
            median(answers) * 1e3,
            "ms",
            100,
            Better::lower,
            "one target; opened in " + std::to_string(std::lround(median(openings) * 1e3)) + " ms"};
}

}  // namespace tools::bench
