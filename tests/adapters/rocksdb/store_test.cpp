#include "adapters/rocksdb/store.hpp"

#include "adapters/rocksdb/reader.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"
#include "tests/contracts/each_line_contract.hpp"
#include "tests/contracts/store_contract.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <future>
#include <map>

using adapters::rocksdb::CreateOptions;
using adapters::rocksdb::OpenOptions;
using adapters::rocksdb::Reader;
using adapters::rocksdb::Store;
using ledger::Code;
using namespace tests;

namespace fs = std::filesystem;

TEST_CASE("the RocksDB store keeps the contract of stores") {
    const Scratch scratch;
    adapters::memory::Clock clock;
    const auto store = new_ledger(scratch, clock);
    store_contract(*store, clock);
}

TEST_CASE("the RocksDB store keeps the contract after it was closed and opened again") {
    const Scratch scratch;
    adapters::memory::Clock clock;
    must(new_ledger(scratch, clock)->append(some_append("before", 1, 300)));
    const auto store = must(Store::open(scratch.ledger(), clock));
    store_contract(*store, clock);
}

TEST_CASE("the RocksDB store and its readers tell their lines one by one") {
    const Scratch scratch;
    adapters::memory::Clock clock;
    const auto store = new_ledger(scratch, clock);
    append_many(*store);
    each_line_contract(*store);
    each_line_contract(*must(Reader::open(scratch.ledger())));
}

TEST_CASE("what was appended is there after the ledger was closed and opened again") {
    const Scratch scratch;
    StepClock clock;
    ledger::Head before;
    {
        const auto store = new_ledger(scratch, clock);
        const auto appended = must(store->append(some_append("target/a", 1, 3)));
        CHECK(appended.first_position == 0);
        CHECK(appended.head.size == 3);
        before = must(store->head());
        CHECK(before == appended.head);
    }
    const auto store = must(Store::open(scratch.ledger(), clock));
    CHECK(must(store->head()) == before);
    CHECK(must(read_records(*store, 0, 10)).size() == 3);
    CHECK(must(store->stream_version("target/a")) == 3);
    CHECK(must(store->append(some_append("target/a", 1, 3))).first_position == 0);
    CHECK(must(store->append(some_append("target/a", 4))).first_position == 3);
}

TEST_CASE("what may wait goes with what may not, in order, and with one sync") {
    const Scratch scratch;
    StepClock clock;
    const auto store = new_ledger(scratch, clock);
    auto patient = some_append("target/a", 1);
    patient.patience = std::chrono::hours{1};
    auto waiting = store->submit(patient);
    CHECK(waiting.wait_for(std::chrono::milliseconds{20}) == std::future_status::timeout);
    CHECK(must(store->append(some_append("target/a", 2))).first_position == 1);
    CHECK(must(waiting.get()).first_position == 0);
}

TEST_CASE("what may wait does not once eight of it are there, or once the store is closed") {
    const Scratch scratch;
    StepClock clock;
    std::future<ledger::Result<ledger::Appended>> last;
    {
        const auto store = new_ledger(scratch, clock);
        std::vector<std::future<ledger::Result<ledger::Appended>>> waiting;
        for (std::uint64_t number = 1; number <= 8; ++number) {
            auto patient = some_append("target/a", number);
            patient.patience = std::chrono::hours{1};
            waiting.push_back(store->submit(std::move(patient)));
        }
        for (auto& each : waiting) CHECK(must(each.get()).head.size <= 8);
        auto patient = some_append("target/a", 9);
        patient.patience = std::chrono::hours{1};
        last = store->submit(std::move(patient));
    }
    CHECK(must(last.get()).first_position == 8);
}

TEST_CASE("tiles of every level give the roots that the lines give") {
    const Scratch scratch;
    StepClock clock;
    const std::uint64_t count = soak(1'000, 70'000);
    ledger::Frontier tree;
    std::vector<ledger::Digest> roots{tree.root()};
    {
        const auto store = new_ledger(scratch, clock);
        for (std::uint64_t id = 0; id < count; id += 100)
            must(store->append(some_append("target/a", id, 100)));
        for (const std::string& line : must(store->lines(0, count))) {
            tree.append(ledger::leaf_hash(line));
            roots.push_back(tree.root());
        }
    }
    const auto store = must(Store::open(scratch.ledger(), clock));
    for (std::uint64_t size = 0; size <= count; size += 1 + size / 50)
        CHECK(must(store->root_at(size)) == roots[size]);
    CHECK(must(store->root_at(count)) == roots[count]);
}

TEST_CASE("a ledger that many short commands write to is kept in few tables") {
    const Scratch scratch;
    StepClock clock;
    must(Store::create(scratch.ledger(), clock, {ledger_uuid, {}, {}}));
    std::size_t tables_max = 0;
    for (std::uint64_t id = 1; id <= soak(40, 1'000); ++id) {
        must(must(Store::open(scratch.ledger(), clock))->append(some_append("target/a", id)));
        tables_max = std::max(tables_max, files_in(scratch.ledger() / "events", ".sst").size());
    }
    CHECK(tables_max <= 9 * 12);  // families, each with a table of every size and some new ones
}

TEST_CASE("a ledger is made with its first events, or not at all") {
    const Scratch scratch;
    StepClock clock;
    ledger::Append bad = some_append("ledger", 1);
    bad.context.tool = "\xff";
    const auto refused = Store::create(scratch.ledger(), clock, {ledger_uuid, bad, {}});
    CHECK(error_of(refused).reason == "event-not-encodable");
    CHECK(fs::is_empty(scratch.folder()));

    const auto store = must(
        Store::create(scratch.ledger(), clock, {ledger_uuid, some_append("ledger", 1, 2), {}}));
    CHECK(must(store->head()).size == 2);
    CHECK(must(store->head()).ledger == ledger_uuid);
    const auto mode = fs::status(scratch.ledger()).permissions();
    CHECK(mode == fs::perms::owner_all);
}

TEST_CASE("a ledger is never made where something is") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 3);
    CHECK(error_of(Store::create(scratch.ledger(), clock, {ledger_uuid, {}, {}})).reason ==
          "ledger-exists");
    CHECK(must(must(Store::open(scratch.ledger(), clock))->head()).size == 3);

    const fs::path other = scratch.folder() / "other";
    fs::create_directory(other);
    spill(other / "file", "mine");
    CHECK(error_of(Store::create(other, clock, {ledger_uuid, {}, {}})).reason == "not-a-ledger");
    CHECK(slurp(other / "file") == "mine");

    const fs::path empty = scratch.folder() / "empty/";
    fs::create_directory(empty);
    must(Store::create(empty, clock, {ledger_uuid, {}, {}}));
}

TEST_CASE("what is not a ledger is refused with what to do") {
    const Scratch scratch;
    StepClock clock;
    const auto missing = error_of(Store::open(scratch.ledger(), clock));
    CHECK(missing.code == Code::refused);
    CHECK(missing.reason == "ledger-missing");
    CHECK(missing.help.find("varve init") != std::string::npos);

    spill(scratch.folder() / "file", "text");
    CHECK(error_of(Store::open(scratch.folder() / "file", clock)).reason == "not-a-ledger");
    CHECK(error_of(Store::open(scratch.folder(), clock)).reason == "not-a-ledger");
    CHECK(fs::exists(scratch.folder() / "file"));
    CHECK(!fs::exists(scratch.folder() / "writer.lock"));
}

TEST_CASE("a second writer is told who the first one is") {
    const Scratch scratch;
    StepClock clock;
    auto store =
        must(Store::create(scratch.ledger(), clock, {ledger_uuid, {}, {.command = "varve run"}}));
    OpenOptions options;
    options.lock_wait = std::chrono::milliseconds{60};
    const auto locked = error_of(Store::open(scratch.ledger(), clock, options));
    CHECK(locked.code == Code::conflict);
    CHECK(locked.reason == "ledger-locked");
    CHECK(locked.detail.find("pid " + std::to_string(getpid()) + ", varve run, since 2026-") !=
          std::string::npos);
    store.reset();
    must(Store::open(scratch.ledger(), clock, options));
}

TEST_CASE("a writer waits for the one before it") {
    const Scratch scratch;
    StepClock clock;
    auto store = new_ledger(scratch, clock);
    std::thread closing{[&store] {
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
        store.reset();
    }};
    const auto next = Store::open(scratch.ledger(), clock);
    closing.join();
    CHECK(next.has_value());
}

TEST_CASE("without room on the disk nothing happens and the ledger stays open") {
    const Scratch scratch;
    StepClock clock;
    must(new_ledger(scratch, clock)->append(some_append("target/a", 1)));
    OpenOptions options;
    options.reserve_bytes = std::uint64_t{1} << 60U;
    const auto store = must(Store::open(scratch.ledger(), clock, options));
    const auto full = error_of(store->append(some_append("target/a", 2)));
    CHECK(full.code == Code::unavailable);
    CHECK(full.reason == "ledger-full");
    CHECK(must(store->head()).size == 1);
}

TEST_CASE("what is queued when a store is closed is committed and answered") {
    const Scratch scratch;
    StepClock clock;
    std::vector<std::future<ledger::Result<ledger::Appended>>> answers;
    {
        const auto store = new_ledger(scratch, clock);
        for (std::uint64_t id = 0; id < 200; ++id)
            answers.push_back(store->submit(some_append("target/a", id)));
    }
    for (auto& answer : answers) must(answer.get());
    CHECK(must(must(Store::open(scratch.ledger(), clock))->head()).size == 200);
}

TEST_CASE("opening a ledger and asking for its head changes nothing on disk") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 5);
    const auto state = [&] {
        std::map<std::string, std::string> files;
        for (const auto& entry : fs::recursive_directory_iterator{scratch.ledger() / "events"})
            files[entry.path()] = entry.is_regular_file() ? slurp(entry.path()) : "";
        return files;
    };
    const auto before = state();
    {
        const auto store = must(Store::open(scratch.ledger(), clock));
        CHECK(must(store->head()).size == 5);
        CHECK(must(store->root_at(5)) == must(store->head()).root);
        CHECK(state() == before);
    }
    CHECK(state() == before);
    const auto store = must(Store::open(scratch.ledger(), clock));
    must(store->open_for_writing());
    CHECK(state() != before);
    CHECK(must(store->append(some_append("target/a", 1))).head.size == 6);
}

TEST_CASE("a look that nobody waits for is stopped, and the lock is given back") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 5);
    { const auto opening = must(Store::begin_open(scratch.ledger(), clock)); }
    CHECK(must(Store::open(scratch.ledger(), clock)) != nullptr);
}
