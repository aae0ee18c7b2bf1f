#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>

using adapters::rocksdb::Store;
using namespace tests;

namespace fs = std::filesystem;

TEST_CASE("what is appended after the ledger's folder was removed is refused") {
    const Scratch scratch;
    StepClock clock;
    const auto store = new_ledger(scratch, clock);
    must(store->append(some_append("target/a", 1)));
    fs::remove_all(scratch.ledger());
    CHECK(error_of(store->append(some_append("target/a", 2))).reason == "ledger-moved");
    CHECK_FALSE(fs::exists(scratch.ledger()));
}

TEST_CASE("a ledger that was renamed is written to again once it is back in its place") {
    const Scratch scratch;
    StepClock clock;
    const auto store = new_ledger(scratch, clock);
    must(store->append(some_append("target/a", 1)));
    const fs::path aside = scratch.folder() / "aside";
    fs::rename(scratch.ledger(), aside);
    CHECK(error_of(store->append(some_append("target/a", 2))).reason == "ledger-moved");
    CHECK(head_at(aside).size == 1);
    fs::copy(aside, scratch.ledger(), fs::copy_options::recursive);
    CHECK(error_of(store->append(some_append("target/a", 3))).reason == "ledger-moved");
    fs::remove_all(scratch.ledger());
    fs::rename(aside, scratch.ledger());
    must(store->append(some_append("target/a", 4)));
    CHECK(head_at(scratch.ledger()).size == 2);
}

TEST_CASE("a ledger behind a link is in its place as long as the link leads there") {
    const Scratch scratch;
    StepClock clock;
    must(Store::create(scratch.folder() / "real", clock, {ledger_uuid, {}, {}}));
    fs::create_directory_symlink("real", scratch.ledger());
    const auto store = must(Store::open(scratch.ledger(), clock));
    must(store->append(some_append("target/a", 1)));
    fs::remove(scratch.ledger());
    fs::create_directory(scratch.folder() / "other");
    fs::create_directory_symlink("other", scratch.ledger());
    CHECK(error_of(store->append(some_append("target/a", 2))).reason == "ledger-moved");
    CHECK(head_at(scratch.folder() / "real").size == 1);
}
