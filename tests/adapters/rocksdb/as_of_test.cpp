// The past of stored read models, of a ledger and rows on disk.
#include "projections/as_of.hpp"

#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/row_store.hpp"
#include "projections/engine.hpp"
#include "projections/past.hpp"
#include "projections/row_key.hpp"
#include "projections/status.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>

#include <random>

using adapters::rocksdb::Reader;
using adapters::rocksdb::RowAccess;
using adapters::rocksdb::RowStore;
using namespace tests;

namespace {

const projections::Projection& status_view = projections::status_projection();

// Attempts at 40 migrations on three targets, over and over; the rows are brought level now and
// then, as commands do it, and stay behind in the end.
void fill_with_attempts(const Scratch& scratch, ledger::Clock& clock, std::size_t count) {
    const auto store = new_ledger(scratch, clock);
    const auto rows = must(RowStore::open(scratch.ledger(), RowAccess::write));
    std::mt19937 dice{7};
    for (std::uint64_t id = 1; id < count;) {
        ledger::Append append;
        append.context = some_context();
        for (const std::uint64_t end = id + 1 + dice() % 90; id < end; ++id) {
            ledger::AttemptStarted event;
            event.attempt = numbered_uuid(id);
            event.target = {"target-" + std::to_string(dice() % 3)};
            event.version = {std::to_string(dice() % 40)};
            event.try_number = 1;
            append.drafts.push_back(
                {ledger::target_stream(event.target), numbered_uuid(id), std::move(event), {}});
        }
        must(store->append(std::move(append)));
        if (dice() % 5 == 0 && id < count * 9 / 10)
            must(projections::catch_up(*store, *rows, status_view));
    }
}

std::vector<projections::TargetStatus> all_of(const projections::RowStore& rows) {
    std::vector<projections::TargetStatus> all;
    for (const ledger::Target& target : must(projections::read_targets(rows)))
        all.push_back(must(projections::read_status(rows, target)));
    return all;
}

struct Told {
    std::vector<projections::TargetStatus> all;
    projections::AsOfStart start;
};

Told told_as_of(const Reader& reader, const RowStore& rows, std::uint64_t size) {
    Told told;
    told.all = must(projections::as_of(
        reader, rows, status_view, size,
        [](const auto& then) {
            return ledger::Result<std::vector<projections::TargetStatus>>{all_of(then)};
        },
        &told.start));
    return told;
}

}  // namespace

TEST_CASE("status_view as of any position of a stored ledger is what a fold from the start gives") {
    const Scratch scratch;
    StepClock clock;
    fill_with_attempts(scratch, clock, 14'000);
    const auto reader = must(Reader::open(scratch.ledger()));
    const auto rows = must(RowStore::open(scratch.ledger(), RowAccess::read_only));
    const std::uint64_t end = must(reader->head()).size;
    const std::uint64_t level = must(projections::progress(*rows, status_view))->position;
    REQUIRE(level > 8192);
    REQUIRE(level < end);
    std::mt19937 dice{11};
    for (std::size_t count = soak(12, 300); count > 0; --count) {
        const std::uint64_t size = dice() % (end + 1);
        const Told told = told_as_of(*reader, *rows, size);
        CHECK(told.all == all_of(must(projections::fold_to(*reader, status_view, size))));
        CHECK(told.start.why_not.empty());
        CHECK(told.start.position ==
              (size >= level ? level : size - size % status_view.moment_events));
    }
    CHECK(must(projections::check(*reader, *rows, status_view)).equal());
}

TEST_CASE("a stored past that was meddled with is not believed, and verify says so") {
    const Scratch scratch;
    StepClock clock;
    fill_with_attempts(scratch, clock, 10'000);
    const auto reader = must(Reader::open(scratch.ledger()));
    {
        const auto rows = must(RowStore::open(scratch.ledger(), RowAccess::write));
        const std::string key = "target" + std::string(1, '\0') + "target-1" + std::string(1, '\0');
        must(rows->write(
            {{projections::image_prefix(status_view) + key + projections::big_endian(4096), "-"}}));
    }
    const auto rows = must(RowStore::open(scratch.ledger(), RowAccess::read_only));
    const Told told = told_as_of(*reader, *rows, 4100);
    CHECK(told.start.position == 0);
    CHECK(told.start.why_not ==
          "the rows at position 4096 do not have the hash that is stated for "
          "them");
    CHECK(told.all == all_of(must(projections::fold_to(*reader, status_view, 4100))));
    const auto outcome = must(projections::check(*reader, *rows, status_view));
    CHECK(outcome.different_keys.empty());
    CHECK(outcome.different_moments == std::vector<std::uint64_t>{4096});
}
