#include "adapters/rocksdb/verify.hpp"

#include "tests/adapters/rocksdb/scratch.hpp"
#include "tests/adapters/rocksdb/tampered.hpp"

#include <catch2/catch.hpp>

using adapters::rocksdb::Verification;
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

TEST_CASE("an event that brings a retired key back is a fault, and so is what the key signs then") {
    const Scratch scratch;
    StepClock clock;
    std::vector<std::pair<std::uint64_t, std::string>> expected;
    {
        const auto store = new_ledger(scratch, clock);
        const ledger::Signer retired = must(ledger::Signer::generate(test_origin));
        add_key(*store);
        add_key(*store, retired);
        must(store->append(some_append("target/a", 1, 20)));
        append_event(*store, ledger::KeyRetired{test_origin, retired.verifier().key, 15});
        const auto lie = [&](std::uint64_t position, const std::string& what) {
            expected.emplace_back(position, what);
        };
        lie(append_event(*store, ledger::KeyRetired{test_origin, retired.verifier().key, 9'000}),
            "key-wrong");
        lie(sign(*store, 20, retired), "checkpoint-key-retired");
        lie(append_event(*store, ledger::KeyAdded{test_origin, "ed25519", retired.verifier().key}),
            "key-wrong");
        lie(sign(*store, 21, retired), "checkpoint-key-retired");
        lie(append_event(*store,
                         ledger::KeyRetired{test_origin, test_signer().verifier().key, 9'000}),
            "key-wrong");
    }
    const Verification verified = must(verify(scratch.ledger()));
    REQUIRE(verified.faults.size() == expected.size());
    for (std::size_t index = 0; index < expected.size(); ++index) {
        CHECK(verified.faults[index].position == expected[index].first);
        CHECK(verified.faults[index].what == expected[index].second);
    }
}
