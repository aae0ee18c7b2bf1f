#include "commands/run_together.hpp"

#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace run_together_test {

using namespace ledger;
using namespace tests;
using commands::RunEnd;
using projections::State;

namespace {

using Names = std::vector<std::string>;

commands::RunOptions together() {
    commands::RunOptions options;
    options.together = true;
    return options;
}

std::vector<migrations::Migration> many(std::size_t count) {
    std::vector<migrations::Migration> all;
    for (std::size_t index = 0; index < count; ++index) {
        const std::string number = std::to_string(1000 + index);
        all.push_back(migration(number, "create" + number, "drop" + number));
    }
    return all;
}

// The ledger as a crash after COMMIT has left it, that many events long; all markers are there.
void cut(const Scene& from, Scene& to, std::uint64_t size) {
    for (const Record& record : must(read_records(from.store, 0, size))) {
        const Context context{record.actor,  record.run,    record.correlation,
                              record.reason, record.ticket, record.tool};
        must(to.store.append({context,
                              {{record.stream, record.id, record.data, record.causation}},
                              contents_of(from, record.data),
                              {}}));
    }
    to.server.order = from.server.order;
    to.server.markers = from.server.markers;
}

}  // namespace

TEST_CASE("all migrations in one transaction are applied, and each is recorded as its own") {
    Scene scene{{migration("1", "a\nb"), migration("2", "c"), migration("3", "d")}};
    const auto report = must(scene.run(together()));
    CHECK(report.end == RunEnd::succeeded);
    CHECK(report.done_count == 3);
    CHECK(scene.server.executed == Names{"a", "b", "c", "d"});
    auto types = scene.types();
    types.erase(types.begin(), std::find(types.begin(), types.end(), "run-started"));
    CHECK(types == Names{"run-started", "attempt-started", "attempt-succeeded", "attempt-started",
                         "attempt-succeeded", "attempt-started", "attempt-succeeded",
                         "run-finished"});
    CHECK(scene.state().state_of({"3"}) == State::applied);
    CHECK(must(scene.run()).end == RunEnd::nothing_to_do);
}

TEST_CASE("where one of them fails none is applied, and that one alone has failed") {
    Scene scene{{migration("1", "a"), migration("2", "b\nfail"), migration("3", "c")}};
    const auto report = must(scene.run(together()));
    CHECK(report.end == RunEnd::failed);
    CHECK(report.done_count == 0);
    CHECK(report.stopped_at == 1);
    REQUIRE(report.last->failure);
    CHECK(report.last->failure->statement_index == 1u);
    CHECK(scene.server.executed.empty());
    CHECK(scene.server.markers.empty());
    CHECK(scene.state().state_of({"1"}) == State::pending);
    CHECK(scene.state().state_of({"2"}) == State::failed);

    scene.folder->migrations[1] = migration("2", "b");
    CHECK(must(scene.run(together())).done_count == 3);
    CHECK(scene.server.executed == Names{"a", "b", "c"});
}

TEST_CASE("a lock that is not to be had is waited for with all of them, each try kept") {
    Scene scene{{migration("1", "a"), migration("2", "lock")}};
    scene.server.lock_failures = 2;
    const auto report = must(scene.run(together()));
    CHECK(report.end == RunEnd::succeeded);
    CHECK(scene.waits.pauses == 2);
    CHECK(scene.server.executed == Names{"a", "lock"});
    const auto types = scene.types();
    CHECK(std::count(types.begin(), types.end(), "attempt-failed") == 2);
    CHECK(std::count(types.begin(), types.end(), "attempt-succeeded") == 2);

    Scene never{{migration("1", "a"), migration("2", "lock")}};
    never.server.lock_failures = 100;
    auto options = together();
    options.policy.lock_retries = 2;
    const auto stopped = must(never.run(options));
    CHECK(stopped.end == RunEnd::lock_exhausted);
    CHECK(stopped.stopped_at == 1);
    CHECK(never.server.executed.empty());
}

TEST_CASE("what is no transaction of its own cannot share one, and nothing is begun") {
    Scene scene{{migration("1", "a"), stepwise(migration("2", "b"))}};
    const auto refused = scene.run(together());
    REQUIRE(!refused);
    CHECK(refused.error().reason == "not-one-transaction");
    CHECK(refused.error().detail ==
          "2_m.up.sql is no transaction of its own, and so cannot share "
          "one (declared)");
    CHECK(scene.server.executed.empty());
    auto first = together();
    first.to = Version{"1"};
    CHECK(must(scene.run(first)).done_count == 1);
}

TEST_CASE("what has a mode of its own, or placeholders, cannot share a transaction") {
    for (const char* text : {"SET TRANSACTION READ ONLY", "set local transaction_isolation TO x"}) {
        Scene scene{{migration("1", "a"), migration("2", text)}};
        const auto refused = scene.run(together());
        REQUIRE(!refused);
        CHECK(refused.error().reason == "not-one-transaction");
    }
    auto placeholders = migration("1", "a");
    placeholders.up.bytes = "${what}";
    Scene scene{{placeholders}};
    const auto refused = scene.run(together());
    REQUIRE(!refused);
    CHECK(refused.error().detail.find("placeholders") != std::string::npos);
}

TEST_CASE("what survives a rollback is named, whichever of them called it") {
    auto first = migration("1", "a");
    first.up.statements[0].survivors = {"setval"};
    Scene scene{{first, migration("2", "fail")}};
    CHECK(must(scene.run(together())).end == RunEnd::failed);
    const auto records = must(read_records(scene.store, 0, 100));
    const auto failed = std::find_if(records.begin(), records.end(), [](const Record& record) {
        return std::holds_alternative<AttemptFailed>(record.data);
    });
    REQUIRE(failed != records.end());
    CHECK(std::get<AttemptFailed>(failed->data).survivors == Names{"setval"});
}

TEST_CASE("a script that turns out to need no transaction is not run without one") {
    Scene scene{{migration("1", "a"), migration("2", "bare")}};
    const auto report = must(scene.run(together()));
    CHECK(report.end == RunEnd::failed);
    REQUIRE(report.last->failure);
    CHECK(report.last->failure->hint ==
          "It cannot share a transaction: varve run, without --transaction all.");
    CHECK(scene.server.executed.empty());
}

TEST_CASE("a connection lost in their COMMIT is settled for all of them at once") {
    Scene kept{{migration("1", "a"), migration("2", "lost")}};
    CHECK(must(kept.run(together())).end == RunEnd::succeeded);
    CHECK(kept.state().state_of({"1"}) == State::applied);
    CHECK(kept.state().state_of({"2"}) == State::applied);

    Scene gone{{migration("1", "a"), migration("2", "gone")}};
    const auto report = must(gone.run(together()));
    CHECK(report.end == RunEnd::failed);
    CHECK(gone.server.executed.empty());
    CHECK(gone.state().state_of({"1"}) == State::pending);
    CHECK(gone.state().state_of({"2"}) == State::failed);
}

TEST_CASE("where the target does not answer any more, the next command settles all of them") {
    Scene scene{{migration("1", "a"), migration("2", "lost")}};
    scene.services.connect = [&]() -> Result<std::unique_ptr<commands::TargetDatabase>> {
        if (!scene.server.markers.empty())
            return fail(Code::unavailable, "target-unreachable", "no answer");
        return std::make_unique<FakeTarget>(scene.server);
    };
    const auto lost = must(scene.run(together()));
    CHECK(lost.end == RunEnd::in_doubt);
    CHECK(scene.state().open_run);
    scene.services.connect = [&]() -> Result<std::unique_ptr<commands::TargetDatabase>> {
        return std::make_unique<FakeTarget>(scene.server);
    };
    const auto settled = must(commands::recover(scene.services, scene.target, nullptr));
    CHECK(settled.settlement.found.size() == 2);
    CHECK(scene.state().state_of({"2"}) == State::applied);
    CHECK(must(scene.run()).end == RunEnd::nothing_to_do);
}

TEST_CASE("what was applied together is found, wherever the ledger was cut after COMMIT") {
    constexpr std::size_t count = 130;  // more than one append takes
    Scene whole{many(count)};
    must(whole.run(together()));
    const auto types = whole.types();
    const auto first = static_cast<std::uint64_t>(
        std::find(types.begin(), types.end(), "run-started") - types.begin() + 1);
    for (std::uint64_t size = first; size < whole.size(); size += 29) {
        INFO(size << " events");
        Scene cut_off{many(count)};
        cut(whole, cut_off, size);
        must(commands::recover(cut_off.services, cut_off.target, cut_off.folder.get()));
        CHECK(cut_off.state().applied_order.size() == count);
        CHECK(!cut_off.state().open_run);
        CHECK(!cut_off.state().open_attempt);
        CHECK(must(cut_off.run()).end == RunEnd::nothing_to_do);
    }
}

}  // namespace run_together_test
