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
