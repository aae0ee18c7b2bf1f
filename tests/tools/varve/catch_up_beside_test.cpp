#include "tools/varve/catch_up_beside.hpp"

#include "adapters/rocksdb/row_store.hpp"
#include "projections/catalogue.hpp"
#include "projections/memory_rows.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <thread>

using adapters::rocksdb::RowAccess;
using adapters::rocksdb::RowStore;
using tools::varve::CatchUpBeside;
using namespace tests;

namespace {

std::uint64_t position_of(const projections::RowStore& rows) {
    const auto stored = must(projections::progress(rows, projections::all_projections().back()));
    return stored ? stored->position : 0;
}

// Rows that somebody who gave up has never finished.
class BrokenRows final : public projections::RowStore {
public:
    ledger::Result<std::optional<std::string>> get(std::string_view) const override {
        return std::optional<std::string>{};
    }
    ledger::Result<std::vector<projections::Row>> scan(std::string_view) const override {
        return std::vector<projections::Row>{};
    }
    ledger::Result<std::vector<projections::Row>> scan_from(std::string_view,
                                                            std::uint64_t) const override {
        return std::vector<projections::Row>{};
    }
    ledger::Result<void> write(std::vector<projections::RowChange>) override {
        ++writes;
        return ledger::fail(ledger::Code::unavailable, "rows-unavailable", "the disk is full", "");
    }
    std::atomic<int> writes{};
};

}  // namespace

TEST_CASE("rows are folded while others append, and the end goes on from there") {
    const Scratch scratch;
    StepClock clock;
    const auto store = new_ledger(scratch, clock);
    const auto rows = must(RowStore::open(scratch.ledger(), RowAccess::write));
    {
        const CatchUpBeside beside{*store, *rows};
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        std::uint64_t id = 1000;
        while (position_of(*rows) < 500 && std::chrono::steady_clock::now() < until)
            for (int turn = 0; turn < 20; ++turn, ++id)
                must(store->append(some_append("target/a", id)));
    }
    CHECK(position_of(*rows) >= 500);
    CHECK(position_of(*rows) <= must(store->head()).size);
    must(projections::catch_up_all(*store, *rows));
    for (const auto& checked : projections::check_all(*store, *rows)) CHECK(must(checked).equal());
}

TEST_CASE("a short run is left to its end") {
    const Scratch scratch;
    StepClock clock;
    const auto store = new_ledger(scratch, clock);
    projections::MemoryRows rows;
    {
        const CatchUpBeside beside{*store, rows};
        must(store->append(some_append("target/a", 1000, 20)));
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    CHECK(position_of(rows) == 0);
}

TEST_CASE("rows that cannot be written end it, and nothing else") {
    const Scratch scratch;
    StepClock clock;
    const auto store = new_ledger(scratch, clock);
    BrokenRows rows;
    {
        const CatchUpBeside beside{*store, rows};
        for (std::uint64_t id = 1000; id < 2000; id += 100) {
            must(store->append(some_append("target/a", id, 100)));
            std::this_thread::sleep_for(std::chrono::milliseconds{25});
        }
    }
    CHECK(rows.writes <= 1);
    CHECK(must(store->head()).size == 1000);
}
