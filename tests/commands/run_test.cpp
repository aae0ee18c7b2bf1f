#include "commands/run.hpp"

#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

namespace run_test {

using namespace ledger;
using namespace tests;
using commands::RunEnd;
using projections::State;

using Names = std::vector<std::string>;

TEST_CASE("run applies what is pending, in order, and records it") {
    Scene scene{{migration("1", "a\nb"), migration("2", "c")}};
    const auto report = must(scene.run());
    CHECK(report.end == RunEnd::succeeded);
    CHECK(report.done_count == 2);
    CHECK(scene.server.executed == Names{"a", "b", "c"});
    CHECK(scene.types() == Names{"migration-registered", "migration-validated",
                                 "migration-registered", "migration-validated", "target-registered",
                                 "run-started", "attempt-started", "attempt-succeeded",
                                 "attempt-started", "attempt-succeeded", "run-finished"});
    CHECK(scene.state().state_of({"1"}) == State::applied);
    CHECK(scene.state().state_of({"2"}) == State::applied);
    CHECK(!scene.state().open_run);
}

TEST_CASE("a second run has nothing to do and records nothing") {
    Scene scene{{migration("1", "a")}};
    must(scene.run());
    const auto size = scene.size();
    CHECK(must(scene.run()).end == RunEnd::nothing_to_do);
    CHECK(scene.size() == size);
    CHECK(scene.server.executed == Names{"a"});
}

TEST_CASE("what Varve cannot run stops a run that would, and none after that") {
    Scene scene{{migration("1", "a")}};
    must(scene.run());
    scene.folder->migrations.push_back(migration("2", "b"));
    migrations::Diagnostic chained;
    chained.file = scene.folder->migrations[0].up.path;
    chained.concerns_running = true;
    scene.folder->diagnostics = {chained};
    CHECK(must(scene.run()).done_count == 1);
    scene.folder->migrations.push_back(migration("3", "c"));
    scene.folder->diagnostics[0].file = scene.folder->migrations[2].up.path;
    CHECK(error_of(scene.run()).reason == "validation-failed");
    scene.folder->diagnostics[0] = {};
    scene.folder->diagnostics[0].file = chained.file;
    CHECK(error_of(scene.run()).reason == "validation-failed");
}

TEST_CASE("a failed migration stops the run, is kept, and is tried again by the next") {
    Scene scene{{migration("1", "a"), migration("2", "b\nfail"), migration("3", "c")}};
    const auto report = must(scene.run());
    CHECK(report.end == RunEnd::failed);
    CHECK(report.done_count == 1);
    REQUIRE(report.last->failure);
    CHECK(report.last->failure->statement_index == 1u);
    CHECK(scene.state().state_of({"2"}) == State::failed);
    CHECK(scene.server.executed == Names{"a"});

    scene.folder->migrations[1] = migration("2", "b");
    CHECK(must(scene.run()).done_count == 2);
    CHECK(scene.server.executed == Names{"a", "b", "c"});
    const auto types = scene.types();
    CHECK(std::count(types.begin(), types.end(), "attempt-failed") == 1);
    CHECK(std::count(types.begin(), types.end(), "migration-revised") == 1);
}

TEST_CASE("a migration that is not one transaction goes on where it stopped") {
    Scene scene{{stepwise(migration("1", "a\nb\nfail\nd"))}};
    CHECK(must(scene.run()).end == RunEnd::failed);
    CHECK(scene.state().state_of({"1"}) == State::partially_applied);

    SECTION("with the rest corrected") {
        scene.folder->migrations[0] = stepwise(migration("1", "a\nb\nc\nd"));
        CHECK(must(scene.run()).end == RunEnd::succeeded);
        CHECK(scene.server.executed == Names{"a", "b", "c", "d"});
    }
    SECTION("and not where what is done has changed") {
        scene.folder->migrations[0] = stepwise(migration("1", "a\nx\nc\nd"));
        CHECK(error_of(scene.run()).reason == "resumed-script-changed");
        scene.store.damage(sha256("a\nb\nfail\nd"));
        CHECK(error_of(scene.run()).reason == "ledger-damaged");
        CHECK(scene.server.executed == Names{"a", "b"});
    }
}

TEST_CASE("a lock time-out is tried again, every try an attempt of its own") {
    Scene scene{{migration("1", "a\nlock")}};
    scene.server.lock_failures = 2;
    CHECK(must(scene.run()).end == RunEnd::succeeded);
    const auto types = scene.types();
    CHECK(std::count(types.begin(), types.end(), "attempt-started") == 3);
    CHECK(std::count(types.begin(), types.end(), "attempt-failed") == 2);
    CHECK(scene.waits.pauses == 2);
}

TEST_CASE("lock retries end") {
    Scene scene{{migration("1", "lock")}};
    scene.server.lock_failures = 100;
    commands::RunOptions options;
    options.policy.lock_retries = 3;
    CHECK(must(scene.run(options)).end == RunEnd::lock_exhausted);
    CHECK(scene.server.lock_failures == 96);
}

TEST_CASE("another failure is tried again only where the policy names it") {
    Scene scene{{migration("1", "fail")}};
    commands::RunOptions options;
    options.policy.lock_retries = 3;
    SECTION("as it stands") { options.policy.retry_on = {"40001"}; }
    SECTION("with its SQLSTATE") { options.policy.retry_on = {"40001", "42601"}; }
    CHECK(must(scene.run(options)).end == RunEnd::failed);
    const auto types = scene.types();
    const auto expected = options.policy.retry_on.size() == 1 ? 1 : 4;
    CHECK(std::count(types.begin(), types.end(), "attempt-failed") == expected);
}

TEST_CASE("a signal ends the wait for another run's lock, and the wait is kept") {
    Scene scene{{migration("1", "a")}};
    scene.server.locked_by_another = true;
    scene.target.lock_wait = std::chrono::minutes{10};
    scene.waits.signal = "SIGTERM";
    const auto error = error_of(scene.run());
    CHECK(error.reason == "terminated");
    CHECK(error.detail.find("held by pid 4711 (varve run, from 10.0.0.7) since 1970-01-01") !=
          std::string::npos);
    CHECK(scene.types().back() == "lock-waited");
}

TEST_CASE("what the server refuses in a transaction is tried again without one") {
    Scene scene{{migration("1", "a\nbare")}};
    SECTION("by default") {
        CHECK(must(scene.run()).end == RunEnd::succeeded);
        CHECK(scene.server.executed == Names{"a", "bare"});
    }
    SECTION("and not with strict transactions") {
        commands::RunOptions options;
        options.policy.strict_transactions = true;
        CHECK(must(scene.run(options)).end == RunEnd::failed);
        CHECK(scene.server.executed.empty());
    }
}

TEST_CASE("a connection lost in COMMIT is settled at once where the target answers") {
    SECTION("it had happened") {
        Scene scene{{migration("1", "lost")}};
        CHECK(must(scene.run()).end == RunEnd::succeeded);
        CHECK(scene.state().state_of({"1"}) == State::applied);
    }
    SECTION("it had not") {
        Scene scene{{migration("1", "gone")}};
        CHECK(must(scene.run()).end == RunEnd::failed);
        CHECK(scene.state().state_of({"1"}) == State::failed);
    }
    SECTION("and stays in doubt while the fence is held") {
        Scene scene{{migration("1", "lost"), migration("2", "b")}};
        scene.server.fence_held = true;
        CHECK(must(scene.run()).end == RunEnd::in_doubt);
        REQUIRE(scene.state().open_attempt);
        CHECK(error_of(scene.run()).reason == "fence-held");

        scene.server.fence_held = false;
        const auto report = must(scene.run());
        CHECK(report.settled);
        CHECK(report.end == RunEnd::succeeded);
        CHECK(scene.server.executed == Names{"lost", "b"});
    }
}

TEST_CASE("run refuses what does not agree, and keeps the refusal") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    must(scene.run());
    SECTION("a changed file") {
        scene.folder->migrations[0] = migration("1", "other");
        CHECK(error_of(scene.run()).reason == "difference-changed");
    }
    SECTION("a file that is gone") {
        scene.folder->migrations.erase(scene.folder->migrations.begin());
        CHECK(error_of(scene.run()).reason == "difference-missing");
    }
    SECTION("a target restored from before") {
        scene.server.order.pop_back();
        CHECK(error_of(scene.run()).reason == "difference-behind");
    }
    SECTION("a copy of another target") {
        scene.target.target = {"staging"};
        CHECK(error_of(scene.run()).reason == "difference-cloned");
    }
    SECTION("the markers of another ledger") {
        for (auto& [attempt, marker] : scene.server.markers) marker.ledger = Uuid{{1}};
        CHECK(error_of(scene.run()).reason == "difference-ahead");
    }
    SECTION("a late migration") {
        scene.folder->migrations.insert(scene.folder->migrations.begin() + 1,
                                        migration("1.5", "late"));
        CHECK(error_of(scene.run()).reason == "out-of-order");
        CHECK(scene.types().back() == "run-refused");
        commands::RunOptions options;
        options.out_of_order = true;
        CHECK(must(scene.run(options)).end == RunEnd::succeeded);
        return;
    }
    CHECK(scene.types().back() == "run-refused");
    CHECK(scene.server.executed == Names{"a", "b"});
}

TEST_CASE("run stops at the version or the count it is told") {
    Scene scene{{migration("1", "a"), migration("2", "b"), migration("3", "c")}};
    commands::RunOptions to;
    to.to = Version{"2"};
    CHECK(must(scene.run(to)).done_count == 2);
    commands::RunOptions none;
    none.to = Version{"9"};
    CHECK(error_of(scene.run(none)).reason == "version-unknown");
    commands::RunOptions count;
    count.count = 1;
    CHECK(must(scene.run(count)).done_count == 1);
    CHECK(must(scene.run()).end == RunEnd::nothing_to_do);
}

TEST_CASE("a run that was given a state alone reads what is registered once it needs it") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    commands::RunOptions first;
    first.count = 1;
    must(scene.run(first));
    commands::RunRequest request{scene.target, scene.folder, {}};
    request.known = commands::Known{scene.state(), {}};
    CHECK(must(commands::run(scene.services, std::move(request))).done_count == 1);
    const auto types = scene.types();
    CHECK(std::count(types.begin(), types.end(), "migration-registered") == 2);
}

TEST_CASE("a repeatable migration is applied again when it changes, and only then") {
    auto view = migration("R__view", "view");
    view.kind = MigrationKind::repeatable;
    Scene scene{{migration("1", "a"), view}};
    must(scene.run());
    CHECK(must(scene.run()).end == RunEnd::nothing_to_do);
    auto edited = migration("R__view", "view two");
    edited.kind = MigrationKind::repeatable;
    scene.folder->migrations[1] = edited;
    CHECK(must(scene.run()).done_count == 1);
    CHECK(scene.server.executed == Names{"a", "view", "view two"});
}

TEST_CASE("run waits for the stage before it") {
    Scene scene{{migration("1", "a")}};
    commands::RunOptions options;
    options.after = Target{"staging"};
    CHECK(error_of(scene.run(options)).reason == "stage-missing");
    CHECK(scene.server.executed.empty());
}

TEST_CASE("the stage before must have had the text that is to be run, whoever else has it") {
    const auto on = [](Scene& scene, const std::string& name) {
        scene.target.target = {name};
        scene.server = {};
        commands::RunOptions options;
        if (name == "production") options.after = Target{"staging"};
        return scene.run(options);
    };
    Scene scene{{migration("1", "a")}};
    must(on(scene, "staging"));
    scene.folder->migrations[0] = migration("1", "a edited");
    must(on(scene, "development"));
    const auto error = error_of(on(scene, "production"));
    CHECK(error.reason == "stage-missing");
    CHECK(error.detail.starts_with("1_m.up.sql, as it is now, is not applied on \"staging\""));
    scene.folder->migrations[0] = migration("1", "a");
    CHECK(must(on(scene, "production")).done_count == 1);
}

TEST_CASE("run is refused while another has the lock, and the wait is kept") {
    Scene scene{{migration("1", "a")}};
    scene.server.locked_by_another = true;
    const auto error = error_of(scene.run());
    CHECK(error.reason == "lock-not-obtained");
    CHECK(error.detail.find("4711") != std::string::npos);
    CHECK(scene.types() == Names{"lock-waited"});
}

TEST_CASE("a run with nothing to do needs no lock, and one that finds something looks again") {
    Scene scene{{migration("1", "a")}};
    must(scene.run());
    scene.server.locked_by_another = true;
    const auto size = scene.size();
    SECTION("nothing") {
        CHECK(must(scene.run()).end == RunEnd::nothing_to_do);
        CHECK(scene.size() == size);
        return;
    }
    SECTION("pending") { scene.folder->migrations.push_back(migration("2", "b")); }
    SECTION("changed") { scene.folder->migrations[0] = migration("1", "other"); }
    SECTION("a marker that the ledger does not know, as of whoever has the lock") {
        auto foreign = scene.server.markers.begin()->second;
        foreign.attempt = Uuid{{1}};
        foreign.version = {"2"};
        scene.server.markers[foreign.attempt] = foreign;
        scene.server.order.push_back(foreign);
    }
    SECTION("a marker that is gone") { scene.server.order.pop_back(); }
    SECTION("another database") { ++scene.server.facts.database_oid; }
    CHECK(error_of(scene.run()).reason == "lock-not-obtained");
    CHECK(scene.types(size) == Names{"lock-waited"});
}

TEST_CASE("run is cancelled between two migrations and says so") {
    Scene scene{{migration("1", "a")}};
    scene.waits.signal = "SIGTERM";
    const auto report = must(scene.run());
    CHECK(report.end == RunEnd::cancelled);
    CHECK(scene.server.executed.empty());
    CHECK(scene.types().back() == "run-finished");
}

TEST_CASE("run records nothing on a server that only reads") {
    Scene scene{{migration("1", "a")}};
    scene.server.facts.read_only = true;
    CHECK(error_of(scene.run()).reason == "target-read-only");
    CHECK(scene.size() == 0);
}

TEST_CASE("a migration that is applied in part is not skipped when its file is gone") {
    Scene scene{{stepwise(migration("1", "a\nfail")), migration("2", "b")}};
    must(scene.run());
    scene.folder->migrations.erase(scene.folder->migrations.begin());
    CHECK(error_of(scene.run()).reason == "difference-missing");
    CHECK(scene.server.executed == Names{"a"});
}

TEST_CASE("a baseline stands for what comes before it, on a target without history") {
    auto base = migration("B2", "base");
    base.kind = MigrationKind::baseline;
    SECTION("and nothing older is applied then") {
        Scene scene{{migration("1", "a"), migration("2", "b"), base, migration("3", "c")}};
        must(scene.run());
        CHECK(scene.server.executed == Names{"base", "c"});
        CHECK(must(scene.run()).end == RunEnd::nothing_to_do);
    }
    SECTION("and is not applied where there is one") {
        Scene scene{{migration("1", "a"), migration("2", "b")}};
        must(scene.run());
        scene.folder->migrations.push_back(base);
        CHECK(must(scene.run()).end == RunEnd::nothing_to_do);
    }
}

TEST_CASE("a file that differs in its line ends or byte order mark alone is told for what it is") {
    Scene scene{{migration("1", "a\nb\n")}};
    must(scene.run());
    migrations::Script& script = scene.folder->migrations[0].up;
    for (const char* text : {"a\r\nb\r\n",
                             "\xEF\xBB\xBF"
                             "a\nb\n",
                             "\xEF\xBB\xBF"
                             "a\r\nb\r\n"}) {
        script.bytes = text;
        script.digest = sha256(text);
        const auto error = error_of(scene.run());
        CHECK(error.reason == "difference-changed");
        CHECK(error.detail.find("in its line ends or byte order mark alone") != error.detail.npos);
    }
    script.bytes = "a\nc\n";
    script.digest = sha256(script.bytes);
    CHECK(error_of(scene.run()).detail.find("line ends") == std::string::npos);
}

TEST_CASE("where files differ in several ways, it is said of each what to do") {
    Scene scene{{migration("1", "a"), migration("2", "b"), migration("3", "c")}};
    must(scene.run());
    scene.folder->migrations.erase(scene.folder->migrations.begin() + 1);
    scene.folder->migrations[0] = migration("1", "other");
    const auto error = error_of(scene.run());
    CHECK(error.help.find("changed: ") != error.help.npos);
    CHECK(error.help.find("missing: ") != error.help.npos);
}

}  // namespace run_test
