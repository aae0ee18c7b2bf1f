#include "projections/timeline.hpp"

#include "projections/engine.hpp"
#include "tests/projections/any_history.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <limits>
#include <rapidcheck.h>
#include <set>

namespace timeline_test {

using namespace projections;
using namespace tests;

namespace {

using Positions = std::vector<std::uint64_t>;

Positions ask(const RecordedLedger& ledger, const TimelineQuery& query) {
    return *read_timeline(*fold_to(ledger, timeline_projection(), ledger.head()->size), ledger,
                          query);
}

// A deploy of two migrations to two targets: 0 to 11.
RecordedLedger deploy() {
    RecordedLedger ledger;
    TargetHistory staging(ledger, "staging");
    TargetHistory production(ledger, "production");
    ledger.actor = "uid:1";
    staging.seen("0001");
    staging.run(1);
    staging.started(1, "0001");
    staging.succeeded(1, "0001");
    staging.finished(ledger::Outcome::succeeded, 1);
    ledger.actor = "uid:2";
    production.run(2);
    production.started(2, "0001");
    production.failed(2, "0001");
    production.started(3, "0001");
    production.succeeded(3, "0001");
    production.finished(ledger::Outcome::succeeded, 1);
    production.waited();
    return ledger;
}

// The same question asked of every record, one by one.
Positions ask_slowly(const RecordedLedger& ledger, const TimelineQuery& query) {
    Positions found;
    const std::uint64_t size = std::min(ledger.head()->size, query.size.value_or(1'000'000));
    for (std::uint64_t position = 0; position < size; ++position) {
        const ledger::Record record = *ledger::decode(ledger.lines(position, 1)->front());
        std::optional<ledger::Target> target;
        std::optional<ledger::Version> version;
        std::visit(
            [&](const auto& e) {
                if constexpr (requires { e.target; }) target = e.target;
                if constexpr (requires { e.version; }) version = e.version;
            },
            record.data);
        if (std::holds_alternative<ledger::Opaque>(record.data))
            target = ledger::Target{record.stream.substr(record.stream.find('/') + 1)};
        const std::string type = ledger::type_of(record.data);
        const bool matches = (!query.target || query.target == target) &&
                             (!query.version || query.version == version) &&
                             (!query.actor || query.actor == record.actor.id) &&
                             (!query.run || query.run == record.run) &&
                             (!query.type || query.type == type || *query.type + ".1" == type) &&
                             (!query.since_us || record.recorded_at_us >= *query.since_us) &&
                             (!query.until_us || record.recorded_at_us <= *query.until_us);
        if (matches) found.push_back(position);
    }
    if (query.newest_first) std::reverse(found.begin(), found.end());
    found.resize(std::min(found.size(), query.limit));
    return found;
}

template <class T>
std::optional<T> maybe(T value) {
    return *rc::gen::inRange(0, 3) == 0 ? std::optional<T>(std::move(value)) : std::nullopt;
}

TimelineQuery any_query(std::uint64_t size) {
    TimelineQuery query;
    query.target = maybe(ledger::Target{*rc::gen::element("production", "production2")});
    query.version = maybe(ledger::Version{*rc::gen::element("0001", "1.1", "R__views", "none")});
    query.actor = maybe(std::string(*rc::gen::element("uid:1000", "uid:1001", "uid:1")));
    query.run = maybe(uuid(*rc::gen::inRange<std::uint8_t>(0, 3)));
    query.type = maybe(std::string(*rc::gen::element("attempt-started.1", "run-started", "run")));
    const auto time = [size] { return *rc::gen::inRange<std::int64_t>(0, time_of(size + 2)); };
    query.since_us = maybe(time());
    query.until_us = maybe(time());
    query.size = maybe(*rc::gen::inRange<std::uint64_t>(0, size + 3));
    if (*rc::gen::inRange(0, 2) == 0) query.limit = *rc::gen::inRange<std::size_t>(0, 20);
    query.newest_first = *rc::gen::arbitrary<bool>();
    return query;
}

}  // namespace

TEST_CASE("a timeline without conditions is everything, in order") {
    Positions all(12);
    for (std::uint64_t i = 0; i < all.size(); ++i) all[i] = i;
    CHECK(ask(deploy(), {}) == all);
    CHECK(ask(RecordedLedger{}, {}).empty());
}

TEST_CASE("a timeline is asked by target, migration, actor, run and type") {
    const RecordedLedger ledger = deploy();
    TimelineQuery by;
    by.target = ledger::Target{"production"};
    CHECK(ask(ledger, by) == Positions{5, 6, 7, 8, 9, 10, 11});
    by = {};
    by.version = ledger::Version{"0001"};
    CHECK(ask(ledger, by) == Positions{0, 2, 3, 6, 7, 8, 9});
    by = {};
    by.actor = "uid:1";
    CHECK(ask(ledger, by) == Positions{0, 1, 2, 3, 4});
    by = {};
    by.run = uuid(1);
    CHECK(ask(ledger, by) == Positions{1, 2, 3, 4});
    by = {};
    by.type = "attempt-failed.1";
    CHECK(ask(ledger, by) == Positions{7});
    by.type = "attempt-started";
    CHECK(ask(ledger, by) == Positions{2, 6, 8});
    by.type = "attempt";
    CHECK(ask(ledger, by).empty());
}

TEST_CASE("conditions of a timeline hold together") {
    TimelineQuery query;
    query.target = ledger::Target{"production"};
    query.version = ledger::Version{"0001"};
    query.type = "attempt-started";
    CHECK(ask(deploy(), query) == Positions{6, 8});
    query.actor = "uid:1";
    CHECK(ask(deploy(), query).empty());
}

TEST_CASE("a timeline's span of time has both its ends in it") {
    TimelineQuery query;
    query.since_us = time_of(3);
    query.until_us = time_of(5);
    CHECK(ask(deploy(), query) == Positions{3, 4, 5});
    query.since_us = time_of(3) + 1;
    query.until_us = time_of(5) - 1;
    CHECK(ask(deploy(), query) == Positions{4});
    query.since_us = time_of(9);
    CHECK(ask(deploy(), query).empty());
    query.since_us = std::numeric_limits<std::int64_t>::min();
    query.until_us = std::numeric_limits<std::int64_t>::max();
    CHECK(ask(deploy(), query).size() == 12);
}

TEST_CASE("a timeline's limit keeps the ones that come first in its order") {
    TimelineQuery query;
    query.limit = 2;
    CHECK(ask(deploy(), query) == Positions{0, 1});
    query.newest_first = true;
    CHECK(ask(deploy(), query) == Positions{11, 10});
    query.limit = 0;
    CHECK(ask(deploy(), query).empty());
}

TEST_CASE("a timeline as of a size has nothing later") {
    TimelineQuery query;
    query.version = ledger::Version{"0001"};
    query.size = 7;
    CHECK(ask(deploy(), query) == Positions{0, 2, 3, 6});
}

TEST_CASE("a timeline shows events of a newer program by their stream and type") {
    RecordedLedger ledger = deploy();
    const auto position =
        ledger.add("migration/0001", ledger::Opaque{"approval-given.1", "{\"by\":\"uid:3\"}"});
    TimelineQuery query;
    query.type = "approval-given";
    CHECK(ask(ledger, query) == Positions{position});
    query.version = ledger::Version{"0001"};
    CHECK(ask(ledger, query) == Positions{position});
}

TEST_CASE("a timeline reaches over the blocks of its index") {
    RecordedLedger ledger;
    TargetHistory production(ledger, "production");
    Positions odd;
    for (int i = 0; i < 400; ++i) {
        production.known();
        odd.push_back(production.refused(1));
    }
    TimelineQuery query;
    query.type = "run-refused";
    CHECK(ask(ledger, query) == odd);
}

TEST_CASE("a timeline answers what looking at every record would answer") {
    CHECK(rc::check([] {
        RecordedLedger ledger;
        for (const std::uint32_t dice : *any_history(100)) add_any_event(ledger, dice);
        const TimelineQuery query = any_query(ledger.head()->size);
        RC_ASSERT(ask(ledger, query) == ask_slowly(ledger, query));
    }));
}

}  // namespace timeline_test
