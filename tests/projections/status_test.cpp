#include "projections/status.hpp"

#include "projections/engine.hpp"
#include "tests/projections/target_history.hpp"

#include <catch2/catch.hpp>

namespace status_test {

using namespace projections;
using namespace tests;
using ledger::Direction;

namespace {

class Story {
public:
    RecordedLedger ledger;
    TargetHistory production{ledger, "production"};

    [[nodiscard]] TargetStatus as_of(std::uint64_t size) const {
        return *read_status(*fold_to(ledger, status_projection(), size), production.target());
    }
    [[nodiscard]] TargetStatus now() const { return as_of(ledger.head()->size); }
    [[nodiscard]] StatusRow row(std::size_t index) const { return now().rows.at(index); }
    std::uint64_t apply(std::uint8_t attempt, const std::string& version) {
        production.started(attempt, version);
        return production.succeeded(attempt, version);
    }
};

std::vector<std::string> versions(const TargetStatus& status) {
    std::vector<std::string> all;
    for (const StatusRow& row : status.rows) all.push_back(row.version.text);
    return all;
}

}  // namespace

TEST_CASE("the status of an empty ledger has no rows and no targets") {
    const Story story;
    CHECK(story.now().rows.empty());
    CHECK(story.now().target.name == "production");
    CHECK(read_targets(*fold_to(story.ledger, status_projection(), 0))->empty());
}

TEST_CASE("status lists the targets that the ledger has heard of") {
    Story story;
    story.production.known();
    TargetHistory(story.ledger, "development").refused(1);
    const auto rows = fold_to(story.ledger, status_projection(), 2);
    CHECK(*read_targets(*rows) == std::vector<ledger::Target>{{"development"}, {"production"}});
}

TEST_CASE("a registered migration is pending on a target that has not tried it") {
    Story story;
    const auto position = story.production.seen("0001");
    const StatusRow row = story.row(0);
    CHECK(row.version.text == "0001");
    CHECK(row.name == "name of 0001");
    CHECK(row.kind == ledger::MigrationKind::versioned);
    CHECK(row.path == "0001.up.sql");
    CHECK(row.state == State::pending);
    CHECK(row.positions == std::vector<std::uint64_t>{position});
    CHECK_FALSE(row.applied_at_us);
}

TEST_CASE("an applied migration says when, by whom, how long, and by which events") {
    Story story;
    const auto seen = story.production.seen("0001");
    const auto started = story.production.started(1, "0001");
    const auto succeeded = story.production.succeeded(1, "0001");
    const StatusRow row = story.row(0);
    CHECK(row.state == State::applied);
    CHECK(row.digest == ledger::sha256("up"));
    CHECK(row.applied_at_us == time_of(succeeded));
    CHECK(row.applied_by == "uid:1000");
    CHECK(row.elapsed_us == 1500);
    CHECK(row.attempts_count == 1);
    CHECK(row.positions == std::vector<std::uint64_t>{seen, started, succeeded});
}

TEST_CASE("status rows come in the order the ledger first heard of them") {
    Story story;
    story.production.seen("0002");
    story.apply(1, "0009");
    story.production.seen("0001");
    story.apply(2, "0001");
    story.apply(3, "0002");
    CHECK(versions(story.now()) == std::vector<std::string>{"0002", "0009", "0001"});
    CHECK_FALSE(story.row(1).kind);
    CHECK(story.row(1).name == "name of 0009");
}

TEST_CASE("a script whose first statement failed is not shown as partly done") {
    Story story;
    story.production.transactional = false;
    story.production.started(1, "0001");
    story.production.failed(1, "0001", {0, true});
    CHECK(story.row(0).state == State::failed);
    CHECK(story.row(0).resumption->statements_done == 0);
    story.production.started(2, "0001");
    story.production.failed(2, "0001", {2, true});
    CHECK(story.row(0).state == State::partially_applied);
    CHECK(story.row(0).resumption->statements_done == 2);
    story.production.started(3, "0001");
    story.production.failed(3, "0001", {0, false});
    CHECK(story.row(0).state == State::partially_applied);
}

TEST_CASE("a script that undoes and whose first statement failed leaves the migration applied") {
    Story story;
    story.apply(1, "0001");
    story.production.direction = ledger::Direction::down;
    story.production.transactional = false;
    story.production.started(2, "0001");
    story.production.failed(2, "0001", {0, true});
    CHECK(story.row(0).state == State::applied);
    story.production.started(3, "0001");
    story.production.failed(3, "0001", {1, true});
    CHECK(story.row(0).state == State::partially_rolled_back);
}

TEST_CASE("a failed migration keeps its newest error until one succeeds") {
    Story story;
    story.production.started(1, "0001");
    const auto position = story.production.failed(1, "0001");
    StatusRow row = story.row(0);
    CHECK(row.state == State::failed);
    REQUIRE(row.last_error);
    CHECK(row.last_error->message == "relation \"orders\" already exists");
    CHECK(row.last_error->sqlstate == "42P07");
    CHECK(row.last_error->line == 7U);
    CHECK(row.last_error->cause == ledger::FailureCause::statement_error);
    CHECK(row.last_error->position == position);
    CHECK(row.last_error->recorded_at_us == time_of(position));
    story.apply(2, "0001");
    row = story.row(0);
    CHECK(row.state == State::applied);
    CHECK_FALSE(row.last_error);
    CHECK(row.attempts_count == 2);
    CHECK(row.failures_count == 1);
}

TEST_CASE("a cancelled migration says by which signal, and how far it came") {
    Story story;
    story.production.transactional = false;
    story.production.started(1, "0001");
    story.production.cancelled(1, "0001", {2, true});
    const StatusRow row = story.row(0);
    CHECK(row.state == State::partially_applied);
    CHECK(row.last_error->message == "cancelled by SIGINT");
    CHECK_FALSE(row.last_error->cause);
    CHECK(row.last_error->statements_done == 2);
    CHECK(row.last_error->statement_count == 3);
}

TEST_CASE("an attempt without an outcome is shown as in doubt, with how far it came") {
    Story story;
    story.production.seen("0001");
    const auto started = story.production.started(1, "0001");
    story.production.statement(1, "0001", 0);
    CHECK(story.row(0).in_doubt_since_us == time_of(started));
    CHECK(story.now().in_doubt->statements_done == 1);
    story.production.failed(1, "0001");
    CHECK_FALSE(story.row(0).in_doubt_since_us);
    CHECK_FALSE(story.now().in_doubt);
}

TEST_CASE("a rolled back migration no longer says who applied it") {
    Story story;
    story.apply(1, "0001");
    story.production.direction = Direction::down;
    story.apply(2, "0001");
    CHECK(story.row(0).state == State::rolled_back);
    CHECK_FALSE(story.row(0).applied_by);
    CHECK(story.now().count(State::rolled_back) == 1);
    CHECK(story.now().count(State::applied) == 0);
}

TEST_CASE("status sums up the last run") {
    Story story;
    const auto started = story.production.run(9, 5);
    CHECK_FALSE(story.now().last_run->outcome);
    CHECK(story.now().last_run->planned_count == 5);
    const auto finished = story.production.finished(ledger::Outcome::failed, 2, 1, 2);
    const RunSummary run = *story.now().last_run;
    CHECK(run.run == uuid(9));
    CHECK(run.direction == Direction::up);
    CHECK(run.outcome == ledger::Outcome::failed);
    CHECK(run.started_at_us == time_of(started));
    CHECK(run.finished_at_us == time_of(finished));
    CHECK(run.actor.id == "uid:1000");
    CHECK(run.done_count == 2);
    CHECK(run.failed_count == 1);
    CHECK(run.skipped_count == 2);
    CHECK(run.positions == std::vector<std::uint64_t>{started, finished});
}

TEST_CASE("a rollback is a run that goes down") {
    Story story;
    story.production.direction = Direction::down;
    story.production.run(9, 5);
    story.production.finished(ledger::Outcome::succeeded, 5);
    CHECK(story.now().last_run->direction == Direction::down);
    CHECK(story.now().last_run->done_count == 5);
}

TEST_CASE("a refused run is shown until another has started") {
    Story story;
    const auto position = story.production.refused(9);
    REQUIRE(story.now().last_refusal);
    CHECK(story.now().last_refusal->gate == "reconcile");
    CHECK(story.now().last_refusal->reason == "migration-changed");
    CHECK(story.now().last_refusal->position == position);
    CHECK_FALSE(story.now().last_run);
    story.production.run(10);
    CHECK_FALSE(story.now().last_refusal);
}

TEST_CASE("a row names the newest revision, and the newest 64 events of its attempts") {
    Story story;
    const auto seen = story.production.seen("R__views");
    story.production.revised("R__views", "second");
    const auto revised = story.production.revised("R__views", "third");
    for (std::uint8_t attempt = 1; attempt <= 40; ++attempt) story.apply(attempt, "R__views");
    const StatusRow row = story.row(0);
    CHECK(row.positions.size() == 2 + 64);
    CHECK(row.positions[0] == seen);
    CHECK(row.positions[1] == revised);
    CHECK(row.positions.back() == story.ledger.head()->size - 1);
    CHECK(row.attempts_count == 40);
    CHECK(row.name == "new name of R__views");
}

TEST_CASE("status as of a position or a time is what it was then") {
    Story story;
    story.production.seen("0001");
    const auto started = story.production.started(1, "0001");
    story.production.failed(1, "0001");
    const auto applied = story.apply(2, "0001");
    CHECK(story.as_of(started).rows.at(0).state == State::pending);
    CHECK(story.as_of(started + 1).rows.at(0).in_doubt_since_us == time_of(started));
    CHECK(story.as_of(started + 2).rows.at(0).state == State::failed);
    CHECK(story.as_of(*position_at(story.ledger, time_of(applied) - 1)).rows.at(0).state ==
          State::failed);
    CHECK(story.as_of(*position_at(story.ledger, time_of(applied))).rows.at(0).state ==
          State::applied);
}

}  // namespace status_test
