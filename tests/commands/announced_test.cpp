#include "commands/announced.hpp"

#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <future>

namespace announced_test {

using namespace ledger;
using namespace tests;

namespace {

constexpr std::size_t migration_count = 4;

std::vector<migrations::Migration> four() {
    std::vector<migrations::Migration> all;
    for (std::size_t index = 1; index <= migration_count; ++index) {
        const std::string number = std::to_string(index);
        all.push_back(migration(number, "create" + number, "drop" + number));
    }
    return all;
}

std::size_t applied_count(const projections::TargetState& state) {
    return state.applied_order.size();
}

// How many attempts the first `size` events know as begun, and as ended well.
std::pair<std::size_t, std::size_t> told(const Scene& scene, std::uint64_t size) {
    std::pair<std::size_t, std::size_t> counts;
    for (const Record& record : must(read_records(scene.store, 0, size))) {
        counts.first += std::holds_alternative<AttemptStarted>(record.data) ? 1 : 0;
        counts.second += std::holds_alternative<AttemptSucceeded>(record.data) ? 1 : 0;
    }
    return counts;
}

std::uint64_t position_after(Scene& scene, const std::string& type) {
    const auto types = scene.types();
    const auto at = std::find(types.rbegin(), types.rend(), type);
    REQUIRE(at != types.rend());
    return static_cast<std::uint64_t>(types.rend() - at);
}

// Appends at once, and says so only where it is waited for.
class Lagging final : public Store {
public:
    explicit Lagging(Store& inner) : inner_{inner} {}

    std::future<Result<Appended>> submit(Append append) override {
        return std::async(std::launch::deferred,
                          [answer = inner_.submit(std::move(append)).get()] { return answer; });
    }
    Result<Head> head() const override { return inner_.head(); }
    Result<std::vector<std::string>> lines(std::uint64_t position,
                                           std::size_t count_max) const override {
        return inner_.lines(position, count_max);
    }
    Result<std::uint64_t> stream_version(std::string_view stream) const override {
        return inner_.stream_version(stream);
    }
    Result<std::vector<std::uint64_t>> stream_positions(std::string_view stream,
                                                        std::uint64_t after,
                                                        std::size_t count_max) const override {
        return inner_.stream_positions(stream, after, count_max);
    }
    Result<std::optional<std::string>> content(const Digest& digest) const override {
        return inner_.content(digest);
    }
    Result<Digest> root_at(std::uint64_t size) const override { return inner_.root_at(size); }
    Result<Digest> subtree(unsigned level, std::uint64_t index) const override {
        return inner_.subtree(level, index);
    }
    Result<std::optional<std::string>> checkpoint(std::uint64_t size_max) const override {
        return inner_.checkpoint(size_max);
    }

private:
    Store& inner_;
};

}  // namespace

TEST_CASE("an announced attempt's id follows from the run and the step alone") {
    PlannedMigration step;
    step.version = {"20261122093000"};
    const Uuid run{{1, 2, 3}};
    const auto id = commands::announced_attempt(run, step);
    CHECK(to_text(id) == "22977e0a-5f3d-84fb-a2f8-63c96a805d1a");
    step.name = "another name";
    CHECK(commands::announced_attempt(run, step) == id);
    step.direction = Direction::down;
    CHECK(commands::announced_attempt(run, step) != id);
    CHECK(commands::announced_attempt(Uuid{{1, 2, 4}}, step) !=
          commands::announced_attempt(run, step));
}

TEST_CASE("the target is told which announced attempt follows the one that is made") {
    auto migrations = four();
    migrations[2].up.mode = migrations::TransactionMode::none;
    Scene scene{std::move(migrations)};
    must(scene.run());
    REQUIRE(scene.server.order.size() == migration_count);
    const auto attempt = [&](std::size_t place) { return scene.server.order[place].attempt; };
    CHECK(scene.server.expected == std::vector{attempt(1), attempt(3)});
}

TEST_CASE("nothing is expected that would have to wait for a ledger that lags") {
    constexpr std::size_t count = 40;
    std::vector<migrations::Migration> many;
    for (std::size_t index = 0; index < count; ++index)
        many.push_back(migration(std::to_string(100 + index), "create"));
    Scene scene{std::move(many)};
    Lagging store{scene.store};
    const commands::Services& all = scene.services;
    commands::Services services{store,        all.rows,    all.clock,  all.interruption,
                                all.progress, all.connect, all.context};
    must(commands::run(services, {scene.target, scene.folder, {}}));
    CHECK(scene.server.order.size() == count);
    // The first one's start is waited for; the next fourteen may lag before one more would wait.
    CHECK(scene.server.expected.size() == commands::announced_lag_max - 1);
}

TEST_CASE("what a run had applied before the ledger knew is found, wherever the ledger was cut") {
    Scene whole{four()};
    must(whole.run());
    const auto first = position_after(whole, "run-started") + 1;  // the first start is waited for
    for (std::uint64_t size = first; size < whole.size(); ++size) {
        const auto [started, succeeded] = told(whole, size);
        const std::size_t most = std::min(migration_count, started + commands::announced_lag_max);
        for (std::size_t markers = succeeded; markers <= most; ++markers) {
            INFO(size << " events, " << markers << " markers");
            Scene cut_off{four()};
            cut(whole, cut_off, size, markers);
            const auto report =
                must(commands::recover(cut_off.services, cut_off.target, cut_off.folder.get()));
            CHECK(report.settlement.run_closed);
            CHECK(applied_count(cut_off.state()) == markers);
            CHECK(!cut_off.state().open_run);
            const auto again = must(cut_off.run());
            CHECK(again.done_count == migration_count - markers);
            CHECK(applied_count(cut_off.state()) == migration_count);
            CHECK(cut_off.server.order.size() == migration_count);
        }
    }
}

TEST_CASE("what is settled while a later attempt is still worked on is written down once") {
    Scene whole{four()};
    must(whole.run());
    Scene cut_off{four()};
    cut(whole, cut_off, position_after(whole, "run-started") + 1, 1);
    const auto run = *cut_off.state().open_run;
    const auto steps = must(commands::plan_of(cut_off.store, run));
    cut_off.server.fenced = commands::announced_attempt(run.run, steps.at(1));
    cut_off.server.fenced_times = 2;
    cut_off.target.fence_wait = std::chrono::seconds{1};
    const auto size = cut_off.size();
    must(commands::recover(cut_off.services, cut_off.target, cut_off.folder.get()));
    CHECK(cut_off.server.fenced_times == 0);
    CHECK(cut_off.types(size) == std::vector<std::string>{"attempt-succeeded", "run-finished"});
}

TEST_CASE("without the marker table a person's word on what was announced is kept") {
    Scene whole{four()};
    must(whole.run());
    std::uint64_t size = 0;
    while (told(whole, size) != std::pair<std::size_t, std::size_t>{1, 1}) ++size;
    Scene cut_off{four()};
    cut(whole, cut_off, size, 1);
    cut_off.server.markers_gone = true;
    CHECK(cut_off.run().error().reason == "markers-gone");
    size = cut_off.size();
    commands::TargetRequest adopting = cut_off.target;
    adopting.adopts_database = true;
    must(commands::enter(cut_off.services, adopting, cut_off.folder.get()));
    CHECK(cut_off.types(size) == std::vector<std::string>{"difference-resolved", "run-finished"});
    const auto kept = must(read_records(cut_off.store, size, 1)).at(0);
    CHECK(std::get<DifferenceResolved>(kept.data).version == Version{"2"});
    CHECK(applied_count(cut_off.state()) == 1);
}

TEST_CASE("what a rollback had undone before the ledger knew is found, wherever it was cut") {
    Scene whole{four()};
    must(whole.run());
    const auto before = whole.size();
    commands::RollbackOptions all;
    all.to = Version{"0"};
    must(whole.rollback(all));
    const auto first = position_after(whole, "rollback-started") + 1;
    for (std::uint64_t size = first; size < whole.size(); ++size) {
        const auto earlier = told(whole, before);
        const auto [started, succeeded] = told(whole, size);
        const std::size_t most =
            std::min(migration_count, started - earlier.first + commands::announced_lag_max);
        for (std::size_t undone = succeeded - earlier.second; undone <= most; ++undone) {
            INFO(size << " events, " << undone << " undone");
            Scene cut_off{four()};
            cut(whole, cut_off, size, migration_count + undone);
            must(commands::recover(cut_off.services, cut_off.target, cut_off.folder.get()));
            CHECK(applied_count(cut_off.state()) == migration_count - undone);
            CHECK(!cut_off.state().open_run);
        }
    }
}

TEST_CASE("who ran what the ledger learns late is the one who began the run") {
    Scene whole{four()};
    must(whole.run());
    Scene cut_off{four()};
    cut(whole, cut_off, position_after(whole, "run-started") + 1, 3);
    cut_off.services.context.actor.id = "grace";
    must(cut_off.run());
    const auto state = cut_off.state();
    for (const char* version : {"1", "2", "3"})
        CHECK(state.migrations.at({version}).applied->actor.id == "ada");
    CHECK(state.migrations.at({"4"}).applied->actor.id == "grace");
}

}  // namespace announced_test
