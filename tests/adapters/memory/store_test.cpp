#include "adapters/memory/store.hpp"

#include "tests/contracts/each_line_contract.hpp"
#include "tests/contracts/redaction_contract.hpp"
#include "tests/contracts/store_contract.hpp"

TEST_CASE("the store in memory keeps the contract of every store") {
    adapters::memory::Clock clock;
    adapters::memory::Store store{clock, ledger::new_uuid(1)};
    tests::store_contract(store, clock);
}

TEST_CASE("the store in memory tells its lines one by one") {
    adapters::memory::Clock clock;
    adapters::memory::Store store{clock, ledger::new_uuid(1)};
    tests::append_many(store);
    tests::each_line_contract(store);
}

TEST_CASE("a new store in memory is an empty ledger") {
    adapters::memory::Clock clock;
    const ledger::Uuid ledger = ledger::new_uuid(1);
    const adapters::memory::Store store{clock, ledger};
    CHECK(tests::must(store.head()) == ledger::Head{ledger, 0, ledger::empty_root(), 0});
}

TEST_CASE("content that was forgotten is gone, and its events stay") {
    adapters::memory::Clock clock;
    adapters::memory::Store store{clock, ledger::new_uuid(1)};
    ledger::Append append = tests::append_of({tests::draft_of("a")});
    append.contents = {{"a name", "sql"}};
    tests::must(store.append(append));
    store.forget(ledger::sha256("a name"));
    CHECK(!tests::must(store.content(ledger::sha256("a name"))));
    tests::check_whole(store);
}

TEST_CASE("the store in memory redacts as every store does") {
    adapters::memory::Clock clock;
    adapters::memory::Store store{clock, ledger::new_uuid(1)};
    tests::redaction_contract(store);
}
