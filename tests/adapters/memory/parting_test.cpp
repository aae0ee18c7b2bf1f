#include "ledger/parting.hpp"

#include "adapters/memory/clock.hpp"
#include "adapters/memory/store.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

namespace parting_test {

using tests::must;

namespace {

struct History {
    adapters::memory::Clock clock;
    adapters::memory::Store store{clock, ledger::Uuid{{7}}};

    void append(ledger::Event event, int id) {
        ledger::Append append;
        append.drafts = {{std::string{ledger::ledger_stream},
                          ledger::Uuid{{static_cast<std::uint8_t>(id)}},
                          std::move(event),
                          {}}};
        must(store.append(std::move(append)));
    }
    void grow(int count, int first_id) {
        for (int id = 0; id < count; ++id)
            append(ledger::LedgerRestored{0, {}, 0, {}, {}, "/x"}, first_id + id);
    }
};

}  // namespace

TEST_CASE("two histories share what comes before they part, whichever is longer") {
    for (const int same : {0, 1, 2, 5, 8, 13})
        for (const auto& [one_own, other_own] : {std::pair{0, 0}, {0, 3}, {1, 1}, {7, 2}}) {
            CAPTURE(same, one_own, other_own);
            History one;
            History other;
            for (History* history : {&one, &other}) history->grow(same, 1);
            one.grow(one_own, 100);
            other.grow(other_own, 200);
            CHECK(must(ledger::shared_size(one.store, other.store)) ==
                  static_cast<std::uint64_t>(same));
            CHECK(must(ledger::shared_size(other.store, one.store)) ==
                  static_cast<std::uint64_t>(same));
        }
}

TEST_CASE("the types of events are counted by name") {
    History history;
    history.grow(2, 1);
    history.append(ledger::LedgerCreated{1, "example.com", "example.com/varve/x"}, 9);
    CHECK(ledger::types_between(history.store, 0, 3) == "1 ledger-created, 2 ledger-restored");
    CHECK(ledger::types_between(history.store, 1, 2) == "1 ledger-restored");
    CHECK_FALSE(ledger::types_between(history.store, 3, 3));
}

}  // namespace parting_test
