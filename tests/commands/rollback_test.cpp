#include "commands/rollback.hpp"

#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

using namespace ledger;
using namespace tests;
using commands::RunEnd;
using projections::State;

using Names = std::vector<std::string>;

namespace {

commands::RollbackOptions to(const std::string& version) {
    commands::RollbackOptions options;
    options.to = Version{version};
    return options;
}

std::vector<migrations::Migration> three() {
    return {migration("1", "a", "undo a"), migration("2", "b", "undo b"),
            migration("3", "c", "undo c")};
}

}  // namespace

TEST_CASE("rollback undoes the newest, or so many, or everything after a version") {
    Scene scene{three()};
    must(scene.run());
    scene.server.executed.clear();
    SECTION("the newest") {
        CHECK(must(scene.rollback()).done_count == 1);
        CHECK(scene.server.executed == Names{"undo c"});
        CHECK(scene.state().state_of({"3"}) == State::rolled_back);
        CHECK(must(scene.run()).done_count == 1);
    }
    SECTION("two") {
        commands::RollbackOptions options;
        options.steps = 2;
        CHECK(must(scene.rollback(options)).done_count == 2);
        CHECK(scene.server.executed == Names{"undo c", "undo b"});
    }
    SECTION("to a version, which stays") {
        CHECK(must(scene.rollback(to("1"))).done_count == 2);
        CHECK(scene.state().state_of({"1"}) == State::applied);
    }
    SECTION("to nothing") {
        CHECK(must(scene.rollback(to("0"))).done_count == 3);
        CHECK(scene.server.executed == Names{"undo c", "undo b", "undo a"});
        CHECK(must(scene.rollback()).end == RunEnd::nothing_to_do);
    }
    SECTION("to one that is not applied") {
        CHECK(error_of(scene.rollback(to("7"))).reason == "version-not-applied");
    }
}

TEST_CASE("a missing down script is said before anything is touched") {
    Scene scene{{migration("1", "a"), migration("2", "b", "undo b")}};
    must(scene.run());
    const auto size = scene.size();
    const auto error = error_of(scene.rollback(to("0")));
    CHECK(error.reason == "down-missing");
    CHECK(error.detail.find("\"1\"") != std::string::npos);
    CHECK(scene.server.executed == Names{"a", "b"});
    CHECK(scene.size() == size);
}

TEST_CASE("a failing down script stops the rollback and leaves the migration applied") {
    Scene scene{{migration("1", "a", "undo a"), migration("2", "b", "fail")}};
    must(scene.run());
    CHECK(must(scene.rollback(to("0"))).end == RunEnd::failed);
    CHECK(scene.state().state_of({"2"}) == State::applied);
    CHECK(scene.types().back() == "rollback-finished");
}

TEST_CASE("a down script whose file is gone comes from the ledger") {
    Scene scene{three()};
    must(scene.run());
    scene.folder->migrations.pop_back();
    CHECK(must(scene.rollback()).done_count == 1);
    CHECK(scene.state().state_of({"3"}) == State::rolled_back);
}

TEST_CASE("only the down scripts that are needed must be free of errors") {
    Scene scene{three()};
    must(scene.run());
    migrations::Diagnostic broken;
    broken.file = "1_m.down.sql";
    broken.message = "syntax error";
    broken.concerns_down = true;
    scene.folder->diagnostics.push_back(broken);
    CHECK(must(scene.rollback()).done_count == 1);
    CHECK(error_of(scene.rollback(to("0"))).reason == "validation-failed");
}

TEST_CASE("a migration of which nothing was applied does not stand in a rollback's way") {
    Scene scene{{migration("1", "a", "undo a"), stepwise(migration("2", "fail", "undo b"))}};
    must(scene.run());
    CHECK(must(scene.rollback()).done_count == 1);
    CHECK(scene.server.executed == Names{"a", "undo a"});
}

TEST_CASE("a migration that is applied in part has to be finished before a rollback") {
    Scene scene{{migration("1", "a", "undo a"), stepwise(migration("2", "b\nfail", "undo b"))}};
    must(scene.run());
    CHECK(error_of(scene.rollback(to("0"))).reason == "run-unfinished");
}

TEST_CASE("a half-done rollback goes on with the rest of its script corrected") {
    auto first = migration("1", "a", "undo a\nfail\nundo c");
    first.down->mode = migrations::TransactionMode::none;
    Scene scene{{first}};
    must(scene.run());
    CHECK(must(scene.rollback()).end == RunEnd::failed);
    CHECK(error_of(scene.run()).reason == "rollback-unfinished");

    auto corrected = migration("1", "a", "undo a\nundo b\nundo c");
    corrected.down->mode = migrations::TransactionMode::none;
    scene.folder->migrations[0] = corrected;
    CHECK(must(scene.rollback()).end == RunEnd::succeeded);
    CHECK(scene.server.executed == Names{"a", "undo a", "undo b", "undo c"});
}
