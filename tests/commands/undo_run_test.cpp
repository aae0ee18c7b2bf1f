#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

namespace undo_run_test {

using namespace ledger;
using namespace tests;
using commands::RunEnd;
using projections::State;

using Names = std::vector<std::string>;

namespace {

commands::RunOptions undoing() {
    commands::RunOptions options;
    options.undo_on_failure = true;
    return options;
}

}  // namespace

TEST_CASE("a failed run's own migrations are undone, newest first, and no others") {
    Scene scene{{migration("1", "a", "undo a")}};
    must(scene.run());
    scene.folder->migrations.push_back(migration("2", "b", "undo b"));
    scene.folder->migrations.push_back(migration("3", "c", "undo c"));
    scene.folder->migrations.push_back(migration("4", "fail", "undo d"));
    scene.server.executed.clear();
    const auto size = scene.size();
    const auto report = must(scene.run(undoing()));
    CHECK(report.end == RunEnd::failed);
    CHECK(report.done_count == 2);
    REQUIRE(report.undone.size() == 1);
    CHECK(report.undone[0].end == RunEnd::succeeded);
    CHECK(report.undone[0].done_count == 2);
    CHECK_FALSE(report.not_undone);
    CHECK(scene.server.executed == Names{"b", "c", "undo c", "undo b"});
    CHECK(scene.state().state_of({"1"}) == State::applied);
    CHECK(scene.state().state_of({"2"}) == State::rolled_back);
    CHECK_FALSE(scene.state().open_run);

    const auto types = scene.types(size);
    const auto finished = std::find(types.begin(), types.end(), "run-finished");
    CHECK(std::find(finished, types.end(), "rollback-started") != types.end());
    CHECK(types.back() == "rollback-finished");
    for (const auto& record : must(ledger::read_records(scene.store, size, 100)))
        CHECK(record.correlation == scene.services.context.correlation);
    scene.folder->migrations[3] = migration("4", "d", "undo d");
    CHECK(must(scene.run(undoing())).done_count == 3);
}

TEST_CASE("without being asked, a failed run leaves what it applied") {
    Scene scene{{migration("1", "a", "undo a"), migration("2", "fail", "undo b")}};
    const auto report = must(scene.run());
    CHECK(report.undone.empty());
    CHECK(scene.state().state_of({"1"}) == State::applied);
}

TEST_CASE("a lock that was not to be had is a failure like any other") {
    Scene scene{{migration("1", "a", "undo a"), migration("2", "lock", "undo b")}};
    scene.server.lock_failures = 9;
    auto options = undoing();
    options.policy.lock_retries = 2;
    const auto report = must(scene.run(options));
    CHECK(report.end == RunEnd::lock_exhausted);
    REQUIRE(report.undone.size() == 1);
    CHECK(scene.state().state_of({"1"}) == State::rolled_back);
}

TEST_CASE("a run that is to be undone is not begun where a way back is missing") {
    Scene scene{{migration("1", "a", "undo a"), migration("2", "b")}};
    SECTION("without a down script") {
        const auto error = error_of(scene.run(undoing()));
        CHECK(error.reason == "down-missing");
        CHECK(error.detail.find("\"2\"") != std::string::npos);
    }
    SECTION("for a repeatable, which has none") {
        scene.folder->migrations[1].kind = MigrationKind::repeatable;
        const auto error = error_of(scene.run(undoing()));
        CHECK(error.reason == "down-missing");
        CHECK(error.detail.starts_with("\"2\": a repeatable has no way back"));
        CHECK(error.help.find("without --on-failure rollback") != std::string::npos);
    }
    SECTION("said to be irreversible") {
        scene.folder->migrations[1] =
            migration("2", "-- varve: irreversible reason=\"it sends mail\"\nb", "undo b");
        CHECK(error_of(scene.run(undoing())).reason == "down-irreversible");
    }
    SECTION("with an error in its down script") {
        scene.folder->migrations[1] = migration("2", "b", "undo b");
        migrations::Diagnostic broken;
        broken.file = "2_m.down.sql";
        broken.message = "syntax error";
        broken.concerns_down = true;
        scene.folder->diagnostics.push_back(broken);
        CHECK(error_of(scene.run(undoing())).reason == "validation-failed");
    }
    CHECK(scene.server.executed.empty());
    CHECK(scene.types().back() == "run-refused");
}

TEST_CASE("below a migration that is applied in part nothing is undone") {
    Scene scene{{migration("1", "a", "undo a"), stepwise(migration("2", "b\nfail", "undo b"))}};
    const auto report = must(scene.run(undoing()));
    CHECK(report.end == RunEnd::failed);
    CHECK(report.undone.empty());
    REQUIRE(report.not_undone);
    CHECK(report.not_undone->reason == "run-unfinished");
    CHECK(report.not_undone->detail.find("\"2\"") != std::string::npos);
    CHECK(scene.state().state_of({"1"}) == State::applied);
    CHECK(scene.types().back() == "run-refused");
}

TEST_CASE("where nothing had been applied there is nothing to undo") {
    Scene scene{{migration("1", "fail", "undo a")}};
    const auto report = must(scene.run(undoing()));
    CHECK(report.undone.empty());
    CHECK_FALSE(report.not_undone);
    CHECK(scene.types().back() == "run-finished");
}

TEST_CASE("an undoing that fails itself says where it stopped") {
    Scene scene{{migration("1", "a", "undo a"), migration("2", "b", "fail"),
                 migration("3", "fail", "undo c")}};
    const auto report = must(scene.run(undoing()));
    REQUIRE(report.undone.size() == 1);
    CHECK(report.undone[0].end == RunEnd::failed);
    CHECK(report.undone[0].done_count == 0);
    CHECK(scene.state().state_of({"2"}) == State::applied);
}

TEST_CASE("after a lost connection the target is looked at again before anything is undone") {
    Scene scene{{migration("1", "a", "undo a"), migration("2", "gone", "undo b")}};
    const auto report = must(scene.run(undoing()));
    CHECK(report.end == RunEnd::failed);
    REQUIRE(report.undone.size() == 1);
    CHECK(report.undone[0].done_count == 1);
    CHECK(scene.state().state_of({"1"}) == State::rolled_back);
}

TEST_CASE("a cancelled run is not undone") {
    Scene scene{{migration("1", "a", "undo a"), migration("2", "b", "undo b")}};
    scene.waits.signal = "SIGINT";
    const auto report = must(scene.run(undoing()));
    CHECK(report.end == RunEnd::cancelled);
    CHECK(report.undone.empty());
}

}  // namespace undo_run_test
