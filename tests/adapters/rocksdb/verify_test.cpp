#include "adapters/rocksdb/verify.hpp"

#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>

using adapters::rocksdb::verify;
using adapters::rocksdb::verify_in_child;
using namespace tests;

TEST_CASE("a whole ledger verifies without a fault, closed and beside its writer") {
    const Scratch scratch;
    StepClock clock;
    const auto store = new_ledger(scratch, clock);
    CHECK(must(verify(scratch.ledger())).faults.empty());
    for (std::uint64_t id = 0; id < 700; id += 7)
        must(store->append(some_append("target/a", id, 7)));
    const auto beside = must(verify_in_child(scratch.ledger()));
    CHECK(beside.faults.empty());
    CHECK(beside.size == 700);
    CHECK(beside.event_count == 700);
    CHECK(beside.content_count == 700);
    CHECK(beside.root == must(store->head()).root);
    CHECK(must(verify(scratch.ledger())) == beside);
}

TEST_CASE("commits that cannot be read are no events cut off") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 24);
    append_more(scratch, 1, 1);
    const ledger::Head head = head_at(scratch.ledger());
    std::size_t flipped_count = 0;
    for (const auto& path : files_in(scratch.ledger() / "events", ".sst")) {
        std::string bytes = slurp(path);
        if (bytes.find("namecommits") == std::string::npos) continue;
        bytes[0] = static_cast<char>(bytes[0] ^ 8);
        spill(path, bytes);
        ++flipped_count;
    }
    REQUIRE(flipped_count > 0);
    const auto verified = must(verify_in_child(scratch.ledger()));
    REQUIRE(!verified.faults.empty());
    for (const auto& fault : verified.faults) CHECK(fault.what == "store-damaged");
    CHECK(verified.size == head.size);
    CHECK(verified.event_count == head.size);
    CHECK(verified.root == head.root);
    const auto fast = must(verify_in_child(scratch.ledger(), {true, {}}));
    REQUIRE(!fast.faults.empty());
    CHECK(fast.faults[0].what == "store-damaged");
}
