#include "commands/down_step.hpp"

#include "tests/commands/resolving.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

namespace down_step_test {

using namespace ledger;
using namespace tests;
using Names = std::vector<std::string>;

namespace {

// What the scene's server was told by a rollback alone.
Names undone_by(Scene& scene, const commands::RollbackOptions& options = {}) {
    scene.server.executed.clear();
    must(scene.rollback(options));
    return scene.server.executed;
}

commands::RollbackOptions one() {
    commands::RollbackOptions options;
    options.only = {{"1"}};
    return options;
}

}  // namespace

TEST_CASE("another migration that has taken the version is not what a rollback undoes by") {
    Scene scene{{migration("1", "a", "DROP TABLE a"), migration("2", "b", "DROP TABLE b"),
                 migration("3", "c", "DROP TABLE c")}};
    must(scene.run());
    scene.folder->migrations[2] = migration("3", "other", "DROP TABLE other");
    scene.folder->migrations[2].name = "other";
    const auto report = must(scene.rollback());
    CHECK(scene.server.executed == Names{"a", "b", "c", "DROP TABLE c"});
    CHECK(report.plan.steps.front().entry.name == "m3");
    REQUIRE(report.notes.size() == 1);
    CHECK(report.notes[0].find("not by 3_m.down.sql") != std::string::npos);
    CHECK(scene.state().migrations.at({"3"}).name == "m3");
    CHECK(must(scene.run()).done_count == 1);
    CHECK(undone_by(scene) == Names{"DROP TABLE other"});
}

TEST_CASE("a folder that was shifted by one undoes nobody else's work") {
    Scene scene{{migration("1", "a", "DROP TABLE a"), migration("2", "b", "DROP TABLE b"),
                 migration("3", "c", "DROP TABLE c")}};
    must(scene.run());
    auto& all = scene.folder->migrations;
    all = {migration("2", "a", "DROP TABLE a"), migration("3", "b", "DROP TABLE b"),
           migration("4", "c", "DROP TABLE c")};
    commands::RollbackOptions everything;
    everything.to = Version{"0"};
    CHECK(undone_by(scene, everything) == Names{"DROP TABLE c", "DROP TABLE b", "DROP TABLE a"});
}

TEST_CASE("a down script of another text is refused where the ledger keeps none of its own") {
    Scene scene{{migration("1", "a"), migration("2", "b", "DROP TABLE :name")}};
    must(scene.run());
    scene.folder->migrations[1] = migration("2", "other", "DROP TABLE other");
    const auto error = error_of(scene.rollback());
    CHECK(error.reason == "difference-changed");
    CHECK(error.detail.find("without values for its placeholders") != std::string::npos);
    scene.folder->migrations = {migration("1", "other", "DROP TABLE other")};
    CHECK(error_of(scene.rollback(one())).detail.find("keeps none") != std::string::npos);
    CHECK(scene.server.executed == Names{"a", "b"});
}

TEST_CASE("a corrected down script counts while its up script is the one that is applied") {
    Scene scene{{migration("1", "a\nb\n", "fail")}};
    must(scene.run());
    SECTION("byte by byte") {
        scene.folder->migrations[0] = migration("1", "a\nb\n", "DROP TABLE a");
    }
    SECTION("but for its line ends") {
        scene.folder->migrations[0] = migration("1", "a\r\nb\r\n", "DROP TABLE a");
    }
    CHECK(undone_by(scene) == Names{"DROP TABLE a"});
}

TEST_CASE("a down script that came with the text comes with it, whatever was registered since") {
    Scene scene{{migration("1", "a", "DROP TABLE wrong")}};
    must(scene.run());
    must(scene.rollback());
    scene.folder->migrations[0] = migration("1", "a", "DROP TABLE a");
    must(scene.run());
    // Another target, and a rollback there, have told the ledger of another text.
    scene.folder->migrations[0] = migration("1", "other", "DROP TABLE other");
    const auto first = scene.target;
    scene.target.target = {"staging"};
    FakeServer staging;
    std::swap(scene.server, staging);
    must(scene.run());
    std::swap(scene.server, staging);
    scene.target = first;
    SECTION("of a file that has changed") { CHECK(undone_by(scene) == Names{"DROP TABLE a"}); }
    SECTION("of a file that is gone") {
        scene.folder->migrations.clear();
        CHECK(undone_by(scene) == Names{"DROP TABLE a"});
    }
}

TEST_CASE("a text that has no down script is not undone by that of the one before it") {
    Scene scene{{migration("1", "a"), migration("2", "b", "DROP TABLE b")}};
    SECTION("renumbered") {
        must(scene.run());
        scene.folder->migrations = {migration("2", "a"), migration("3", "b", "DROP TABLE b")};
        must(resolve(scene, {{}, DifferenceKind::missing, Resolution::mark_applied}));
        commands::RollbackOptions second;
        second.only = {{"2"}};
        CHECK(error_of(scene.rollback(second)).reason == "down-missing");
    }
    SECTION("accepted") {
        must(scene.run());
        scene.folder->migrations[1] = migration("2", "b again");
        must(resolve(scene, "2", Resolution::accept_digest));
        CHECK(error_of(scene.rollback()).reason == "down-missing");
    }
    SECTION("to be undone should the run fail") {
        must(scene.run());
        must(scene.rollback());
        scene.folder->migrations[1] = migration("2", "other");
        commands::RunOptions options;
        options.undo_on_failure = true;
        CHECK(error_of(scene.run(options)).reason == "down-missing");
    }
    SECTION("as earlier versions have registered it") {
        must(scene.run());
        const auto was = commands::read_known(scene.store, scene.rows, scene.target.target)
                             ->registered.at({"2"});
        must(scene.store.append({scene.services.context,
                                 {{migration_stream({"2"}), Uuid{{77}},
                                   MigrationRevised{{"2"},
                                                    was.up.digest,
                                                    "m2",
                                                    "2_m.up.sql",
                                                    {sha256("other"), 5, was.up.kind},
                                                    was.down},
                                   std::nullopt}},
                                 {{"other", was.up.kind}},
                                 {}}));
        scene.folder->migrations[1] = migration("2", "other");
        must(resolve(scene, "2", Resolution::accept_digest));
        CHECK(error_of(scene.rollback()).reason == "down-missing");
    }
}

TEST_CASE("a kept script that cannot be read is no script that is not there") {
    Scene scene{{migration("1", "a", "DROP TABLE a"), migration("2", "b", "DROP TABLE b")}};
    must(scene.run());
    scene.folder->migrations.clear();
    SECTION("a down script") {
        scene.store.damage(sha256("DROP TABLE b"));
        CHECK(error_of(scene.rollback()).reason == "ledger-damaged");
    }
    SECTION("an up script, which may say that it cannot be undone") {
        scene.store.damage(sha256("b"));
        CHECK(error_of(scene.rollback()).reason == "ledger-damaged");
    }
    SECTION("of a later migration, which may depend on it") {
        scene.store.damage(sha256("b"));
        CHECK(error_of(scene.rollback(one())).reason == "ledger-damaged");
        auto options = one();
        options.despite_dependents = true;
        must(scene.rollback(options));
    }
    SECTION("a redacted one is not there") {
        scene.store.forget(sha256("DROP TABLE b"));
        const auto error = error_of(scene.rollback());
        CHECK(error.reason == "down-missing");
        CHECK(error.detail.find("was redacted") != std::string::npos);
    }
}

TEST_CASE("whether it is irreversible says the text that is applied") {
    const std::string why = "-- varve: irreversible reason=\"the rows are gone\"\n";
    Scene scene{{migration("1", "a", "DROP TABLE a"), migration("2", why + "b", "DROP TABLE b")}};
    must(scene.run());
    scene.folder->migrations = {migration("1", why + "b", "DROP TABLE b"),
                                migration("2", "c", "DROP TABLE c")};
    CHECK(error_of(scene.rollback()).reason == "down-irreversible");
    CHECK(undone_by(scene, one()) == Names{"DROP TABLE a"});
}

}  // namespace down_step_test
