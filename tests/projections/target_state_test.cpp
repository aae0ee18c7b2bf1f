#include "projections/target_state.hpp"

#include "tests/projections/story.hpp"

#include <catch2/catch.hpp>

namespace target_state_test {

using namespace projections;
using namespace tests;
using ledger::Direction;
using ledger::Version;

TEST_CASE("a target that the ledger has never seen is not known, and everything is pending there") {
    const Story story;
    CHECK(story.state() == TargetState{});
    CHECK_FALSE(story.state().known());
    CHECK(story.state().state_of({"0001"}) == State::pending);
}

TEST_CASE("a target's newest registration says which database it is") {
    Story story;
    story.production.known("app");
    story.production.known("app_renamed");
    const TargetState state = story.state();
    REQUIRE(state.known());
    CHECK(*state.database ==
          DatabaseIdentity{"app_renamed", "7300000000000000001", 5, "15.8", "varve"});
    CHECK(state.stream_version == 2);
}

TEST_CASE("targets are apart from each other, also where one's name begins the other's") {
    Story story;
    TargetHistory second(story.ledger, "production2");
    second.known();
    second.started(1, "0001");
    second.succeeded(1, "0001");
    CHECK(story.state() == TargetState{});
    CHECK(read_target_state(story.rows(), second.target())->applied_order ==
          std::vector<Version>{{"0001"}});
}

TEST_CASE("an attempt without an outcome is open, with all that settling it needs") {
    Story story;
    story.production.run(9);
    story.production.transactional = false;
    story.production.indexes_before = {"public.half_built"};
    const auto position = story.production.started(1, "0001", "script", 5);
    story.production.statement(1, "0001", 0);
    story.production.statement(1, "0001", 1);
    const TargetState state = story.state();
    REQUIRE(state.open_attempt);
    const OpenAttempt& open = *state.open_attempt;
    CHECK(open.attempt == uuid(1));
    CHECK(open.run == uuid(9));
    CHECK(open.version == Version{"0001"});
    CHECK(open.name == "name of 0001");
    CHECK(open.digest == ledger::sha256("script"));
    CHECK_FALSE(open.transactional);
    CHECK(open.statement_count == 5);
    CHECK(open.statements_done == 2);
    CHECK(open.indexes_before == std::vector<std::string>{"public.half_built"});
    CHECK(open.position == position);
    CHECK(open.since_us == time_of(position));
    CHECK(open.actor.id == "uid:1000");
    CHECK(state.state_of({"0001"}) == State::pending);
    CHECK(state.stream_version == 4);
}

TEST_CASE("a resumed attempt begins with what its predecessor has done") {
    Story story;
    story.production.transactional = false;
    story.production.first_statement_index = 2;
    story.production.started(1, "0001");
    CHECK(story.state().open_attempt->statements_done == 2);
}

TEST_CASE("a success applies a migration, by who started it and not by who settled it") {
    Story story;
    story.ledger.actor = "uid:7";
    story.production.run(9);
    SECTION("which began it") {
        story.production.started(1, "0001");
        story.ledger.actor = "uid:8";
    }
    SECTION("whose run had begun it, where that is written down late") {
        story.ledger.actor = "uid:8";
        story.production.started(1, "0001");
    }
    story.ledger.run.reset();
    story.production.settled_from = "marker";
    const auto position = story.production.succeeded(1, "0001");
    const MigrationState migration = story.of("0001");
    CHECK(migration.state == State::applied);
    REQUIRE(migration.applied);
    CHECK(migration.applied->attempt == uuid(1));
    CHECK(migration.applied->run == uuid(9));
    CHECK(migration.applied->digest == ledger::sha256("up"));
    CHECK(migration.applied->position == position);
    CHECK(migration.applied->applied_at_us == time_of(position));
    CHECK(migration.applied->actor.id == "uid:7");
    CHECK(migration.applied->elapsed_us == 1500);
    CHECK(migration.applied->settled_from == "marker");
    CHECK_FALSE(story.state().open_attempt);
}

TEST_CASE("a failure of a migration that was never applied leaves it failed") {
    Story story;
    story.fail(1, "0001");
    CHECK(story.of("0001").state == State::failed);
    CHECK_FALSE(story.of("0001").applied);
    CHECK_FALSE(story.state().open_attempt);
    CHECK(story.state().applied_order.empty());
}

TEST_CASE("a migration that failed can be applied, and its tries are counted") {
    Story story;
    story.fail(1, "0001");
    story.fail(2, "0001");
    story.apply(3, "0001");
    const MigrationState migration = story.of("0001");
    CHECK(migration.state == State::applied);
    CHECK(migration.attempts_count == 3);
    CHECK(migration.failures_count == 2);
}

TEST_CASE("an attempt that was interrupted and settled as failed is a failure like others") {
    Story story;
    story.production.settled_from = "marker";
    story.fail(1, "0001");
    CHECK(story.of("0001").state == State::failed);
    CHECK_FALSE(story.state().open_attempt);
}

TEST_CASE("a cancelled attempt leaves a migration as it was") {
    Story story;
    story.production.started(1, "0001");
    story.production.cancelled(1, "0001");
    CHECK(story.of("0001").state == State::pending);
    CHECK(story.of("0001").failures_count == 0);
    CHECK_FALSE(story.state().open_attempt);
}

TEST_CASE("a rolled back migration is no longer applied, and can be applied again") {
    Story story;
    story.apply(1, "0001");
    story.apply(2, "0002");
    story.undo(3, "0001");
    CHECK(story.of("0001").state == State::rolled_back);
    CHECK_FALSE(story.of("0001").applied);
    CHECK(story.state().applied_order == std::vector<Version>{{"0002"}});
    story.fail(4, "0001");
    CHECK(story.of("0001").state == State::rolled_back);
    story.apply(5, "0001");
    CHECK(story.of("0001").state == State::applied);
    CHECK(story.state().applied_order == std::vector<Version>{{"0002"}, {"0001"}});
}

TEST_CASE("a rollback that failed leaves the migration applied") {
    Story story;
    story.apply(1, "0001");
    story.production.direction = Direction::down;
    story.fail(2, "0001");
    CHECK(story.of("0001").state == State::applied);
    CHECK(story.state().applied_order == std::vector<Version>{{"0001"}});
}

TEST_CASE("a non-transactional migration that stopped says where it goes on, and with what") {
    Story story;
    story.production.transactional = false;
    story.fail(1, "0001", {2, true});
    const MigrationState migration = story.of("0001");
    CHECK(migration.state == State::partially_applied);
    REQUIRE(migration.resumption);
    CHECK(migration.resumption->attempt == uuid(1));
    CHECK(migration.resumption->direction == Direction::up);
    CHECK(migration.resumption->digest == ledger::sha256("up"));
    CHECK(migration.resumption->statements_done == 2);
    CHECK(migration.resumption->statement_count == 3);
    CHECK(story.state().applied_order.empty());
}

TEST_CASE("a cancelled non-transactional migration can be resumed too") {
    Story story;
    story.production.transactional = false;
    story.production.started(1, "0001");
    story.production.cancelled(1, "0001", {1, true});
    CHECK(story.of("0001").state == State::partially_applied);
    CHECK(story.of("0001").resumption->statements_done == 1);
}

TEST_CASE("a chain of resumed attempts keeps the indexes that were there before its first") {
    Story story;
    story.production.transactional = false;
    story.production.indexes_before = {"not_ours"};
    story.fail(1, "0001", {0, true});
    story.production.indexes_before = {"not_ours", "carcass_of_the_first_try"};
    story.fail(2, "0001", {1, true});
    CHECK(story.of("0001").resumption->indexes_before == std::vector<std::string>{"not_ours"});
    CHECK(story.of("0001").resumption->statements_done == 1);
}

TEST_CASE("a failure that applied nothing leaves a half-done migration resumable as before") {
    Story story;
    story.production.transactional = false;
    story.fail(1, "0001", {2, true});
    story.fail(2, "0001", {0, false});
    CHECK(story.of("0001").state == State::partially_applied);
    CHECK(story.of("0001").resumption->statements_done == 2);
}

TEST_CASE("a resumed migration that succeeds is applied, with nothing left to resume") {
    Story story;
    story.production.transactional = false;
    story.fail(1, "0001", {2, true});
    story.production.first_statement_index = 2;
    story.apply(2, "0001");
    CHECK(story.of("0001").state == State::applied);
    CHECK_FALSE(story.of("0001").resumption);
}

TEST_CASE("a rollback that is half done stands until it is finished") {
    Story story;
    story.apply(1, "0001");
    story.production.direction = Direction::down;
    story.production.transactional = false;
    story.fail(2, "0001", {1, true});
    CHECK(story.of("0001").state == State::partially_rolled_back);
    CHECK(story.of("0001").resumption->direction == Direction::down);
    CHECK(story.state().applied_order == std::vector<Version>{{"0001"}});
    story.undo(3, "0001");
    CHECK(story.of("0001").state == State::rolled_back);
    CHECK_FALSE(story.of("0001").resumption);
}

TEST_CASE("what a statement has begun is known until somebody has looked again") {
    Story story;
    story.apply(1, "0001");
    story.production.direction = Direction::down;
    story.production.transactional = false;
    story.fail(2, "0001", {0, true});
    CHECK_FALSE(story.of("0001").resumption->has_effect());

    const std::vector<std::string> begun{"the index public.a is dropped by half"};
    story.production.begun = begun;
    story.fail(3, "0001", {0, true});
    CHECK(story.of("0001").resumption->has_effect());

    story.production.begun.clear();
    story.production.started(4, "0001");
    story.production.cancelled(4, "0001", {0, true});
    CHECK(story.of("0001").resumption->begun == begun);
    story.production.settled_from = "marker";
    story.fail(5, "0001", {0, true});
    CHECK(story.of("0001").resumption->begun == begun);
    story.production.settled_from = "catalog";
    story.fail(6, "0001", {0, true});
    CHECK_FALSE(story.of("0001").resumption->has_effect());
}

TEST_CASE("what another statement had begun says nothing of the one where it stops now") {
    Story story;
    story.production.transactional = false;
    story.production.begun = {"the index public.a is dropped by half"};
    story.fail(1, "0001", {0, true});
    CHECK(story.of("0001").resumption->has_effect());
    story.production.begun.clear();
    story.production.settled_from = "marker";
    story.fail(2, "0001", {1, true});
    CHECK(story.of("0001").resumption->begun.empty());
}

TEST_CASE("a repeatable migration is applied again and again, each time with its new digest") {
    Story story;
    story.apply(1, "R__views", "first");
    story.apply(2, "0001");
    story.apply(3, "R__views", "second");
    CHECK(story.of("R__views").applied->digest == ledger::sha256("second"));
    CHECK(story.state().applied_order == std::vector<Version>{{"0001"}, {"R__views"}});
    story.fail(4, "R__views");
    CHECK(story.of("R__views").state == State::applied);
    CHECK(story.of("R__views").applied->digest == ledger::sha256("second"));
}

TEST_CASE("the order applied is that of time, not of versions") {
    Story story;
    story.apply(1, "0003");
    story.apply(2, "0001");
    story.apply(3, "0002");
    CHECK(story.state().applied_order == std::vector<Version>{{"0003"}, {"0001"}, {"0002"}});
}

TEST_CASE("a run is open until it has finished") {
    Story story;
    const auto position = story.production.run(9, 4);
    const auto open = story.state().open_run;
    REQUIRE(open);
    CHECK(open->run == uuid(9));
    CHECK(open->direction == Direction::up);
    CHECK(open->migration_count == 4);
    CHECK(open->position == position);
    story.production.finished(ledger::Outcome::succeeded, 4);
    CHECK_FALSE(story.state().open_run);
}

TEST_CASE("the late end of a run that was cut off does not end the one after it") {
    Story story;
    story.production.run(9);
    story.production.direction = Direction::down;
    story.production.run(10);
    story.ledger.run = uuid(9);
    story.production.finished(ledger::Outcome::failed, 0);
    REQUIRE(story.state().open_run);
    CHECK(story.state().open_run->run == uuid(10));
    CHECK(story.state().open_run->direction == Direction::down);
}

TEST_CASE("a refused run and a wait for the lock move the stream's version alone") {
    Story story;
    story.production.known();
    story.production.refused(9);
    story.production.waited();
    TargetState state = story.state();
    CHECK(state.stream_version == 3);
    CHECK_FALSE(state.open_run);
    CHECK(state.migrations.empty());
}

TEST_CASE("the outcome of an attempt that is not the open one does not close that") {
    Story story;
    story.production.started(1, "0001");
    story.production.succeeded(2, "0002");
    REQUIRE(story.state().open_attempt);
    CHECK(story.state().open_attempt->attempt == uuid(1));
    CHECK(story.state().state_of({"0002"}) == State::applied);
}

TEST_CASE("registered migrations are known whatever the target") {
    Story story;
    const auto position = story.production.seen("0001", "first");
    const auto registered = *read_registered(story.rows());
    REQUIRE(registered.size() == 1);
    const Registered& migration = registered.at({"0001"});
    CHECK(migration.version == Version{"0001"});
    CHECK(migration.name == "name of 0001");
    CHECK(migration.layout == "varve");
    CHECK(migration.path == "0001.up.sql");
    CHECK(migration.up == ledger::reference({"first", "sql"}));
    CHECK_FALSE(migration.down);
    CHECK(migration.position == position);
    CHECK(migration.stream_version == 1);
    CHECK(migration.applied_on.empty());
}

TEST_CASE("a revised migration has its new bytes, and keeps what was not revised") {
    Story story;
    story.production.seen("0001", "first");
    const auto position = story.production.revised("0001", "second");
    const Registered migration = read_registered(story.rows())->at({"0001"});
    CHECK(migration.up == ledger::reference({"second", "sql"}));
    CHECK(migration.name == "new name of 0001");
    CHECK(migration.layout == "varve");
    CHECK(migration.revised_position == position);
    CHECK(migration.stream_version == 2);
}

TEST_CASE("a registered migration names the targets it is applied on") {
    Story story;
    TargetHistory staging(story.ledger, "staging");
    story.production.seen("0001");
    staging.started(1, "0001");
    staging.succeeded(1, "0001");
    story.apply(2, "0001");
    const auto applied_on = [&] { return read_registered(story.rows())->at({"0001"}).applied_on; };
    CHECK(applied_on() == std::vector<ledger::Target>{{"production"}, {"staging"}});
    story.undo(3, "0001");
    CHECK(applied_on() == std::vector<ledger::Target>{{"staging"}});
}

TEST_CASE("an event of a newer program is remembered, and moves its stream's version") {
    Story story;
    story.production.known();
    const auto position = story.production.add(ledger::Opaque{"backup-verified.1", "{}"});
    story.production.add(ledger::Opaque{"drift-found.1", "{}"});
    const TargetState state = story.state();
    CHECK(state.stream_version == 3);
    CHECK(state.not_understood == NotUnderstood{position, "backup-verified.1"});
    CHECK(read_target_state(story.rows(), {"staging"})->not_understood == state.not_understood);
}

TEST_CASE("every state has a name") {
    CHECK(to_text(State::partially_rolled_back) == "partially-rolled-back");
    CHECK(to_text(State::pending) == "pending");
}

}  // namespace target_state_test
