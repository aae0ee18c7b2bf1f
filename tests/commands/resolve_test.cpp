#include "commands/baseline.hpp"
#include "tests/commands/resolving.hpp"

#include <catch2/catch.hpp>

namespace resolve_test {

using namespace ledger;
using namespace tests;
using commands::ResolveOptions;
using projections::State;
using Names = std::vector<std::string>;

namespace {

commands::Marker newest_marker(const Scene& scene) {
    return scene.server.markers.at(scene.server.order.back().attempt);
}

}  // namespace

TEST_CASE("a changed file is accepted, and both digests are kept") {
    Scene scene{{migration("1", "a")}};
    must(scene.run());
    scene.folder->migrations[0] = migration("1", "a edited");
    CHECK(refused(scene.run()).reason == "difference-changed");
    CHECK(resolve(scene, "1", Resolution::adopt).error().reason == "resolution-unfit");

    const auto report = must(resolve(scene, "1", Resolution::accept_digest));
    REQUIRE(report.decisions.size() == 1);
    CHECK(report.decisions[0].previous_digest == sha256("a"));
    CHECK(report.decisions[0].digest == sha256("a edited"));
    CHECK(newest_marker(scene).digest == sha256("a edited"));
    CHECK(scene.server.executed == Names{"a"});
    settled_and_level(scene, 1);
}

TEST_CASE("a file that is gone may stay away, or what it did is said to be undone") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    must(scene.run());
    scene.folder->migrations.erase(scene.folder->migrations.begin());
    CHECK(refused(scene.run()).reason == "difference-missing");
    SECTION("it stays away") {
        must(resolve(scene, "1", Resolution::adopt));
        settled_and_level(scene, 2);
    }
    SECTION("it was undone by hand") {
        must(resolve(scene, "1", Resolution::mark_unapplied));
        CHECK(newest_marker(scene).direction == Direction::down);
        settled_and_level(scene, 1);
    }
}

TEST_CASE("a renamed file is one and the same, and is not run again by adopting everything") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    must(scene.run());
    scene.folder->migrations[0] = migration("0001", "a");
    for (const Resolution again : {Resolution::adopt, Resolution::mark_unapplied})
        CHECK(resolve(scene, {{}, std::nullopt, again}).error().reason == "resolution-unfit");
    SECTION("said of both") {
        must(resolve(scene, "0001", Resolution::mark_applied));
        must(resolve(scene, "1", Resolution::mark_unapplied));
    }
    SECTION("said of what is gone, by name or of all") {
        const auto versions = GENERATE(std::vector<Version>{{"1"}}, std::vector<Version>{});
        must(resolve(scene, {versions, DifferenceKind::missing, Resolution::mark_applied}));
    }
    CHECK(scene.server.executed == Names{"a", "b"});
    CHECK(scene.state().applied_order == std::vector<Version>{{"0001"}, {"2"}});
    settled_and_level(scene, 2);
}

TEST_CASE("of renamed files with one text, each stands for one") {
    Scene scene{{migration("1", "a"), migration("2", "a"), migration("3", "b")}};
    must(scene.run());
    scene.folder->migrations[0] = migration("01", "a");
    scene.folder->migrations[1] = migration("02", "a");
    const auto report = resolve(scene, {{}, DifferenceKind::missing, Resolution::mark_applied});
    std::string decided;
    for (const auto& decision : must(report).decisions)
        decided += decision.difference.version.text + " ";
    CHECK(decided == "01 1 02 2 ");
    CHECK(scene.state().applied_order.back() == Version{"3"});
    settled_and_level(scene, 3);
}

TEST_CASE("what markers say is adopted in their order, of what was written again too") {
    Scene scene{{migration("1", "a"), migration("2", "b"), migration("10", "c")}};
    must(scene.run());
    scene.folder->migrations[0] = migration("1", "a edited");
    must(resolve(scene, "1", Resolution::accept_digest));
    for (auto& [attempt, marker] : scene.server.markers) marker.ledger = Uuid{{99}};
    for (auto& marker : scene.server.order) marker.ledger = Uuid{{99}};
    Scene fresh;
    fresh.folder = scene.folder;
    fresh.server = scene.server;
    must(resolve(fresh, {{}, std::nullopt, Resolution::adopt}));
    CHECK(fresh.state().applied_order == std::vector<Version>{{"1"}, {"2"}, {"10"}});
}

TEST_CASE("several are marked as applied in the folder's order") {
    Scene scene{{migration("1", "a"), migration("2", "b"), migration("10", "c")}};
    must(resolve(scene, {{{"10"}, {"1"}, {"2"}}, std::nullopt, Resolution::mark_applied}));
    CHECK(scene.state().applied_order == std::vector<Version>{{"1"}, {"2"}, {"10"}});
}

TEST_CASE("what no marker can be written of is not decided") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    must(scene.run());
    scene.folder->migrations.erase(scene.folder->migrations.begin());
    scene.server.may_write_markers = false;
    const auto size = scene.size();
    CHECK(resolve(scene, "1", Resolution::adopt).error().reason == "permission-denied");
    CHECK(scene.size() == size);
}

TEST_CASE("a late migration may come late, or is there already") {
    Scene scene{{migration("1", "a"), migration("3", "c")}};
    must(scene.run());
    scene.folder->migrations.insert(scene.folder->migrations.begin() + 1, migration("2", "b"));
    CHECK(refused(scene.run()).reason == "out-of-order");
    SECTION("it may come late") {
        must(resolve(scene, "2", Resolution::adopt));
        must(scene.run());
        CHECK(scene.server.executed == Names{"a", "c", "b"});
    }
    SECTION("it is there already") {
        must(resolve(scene, "2", Resolution::mark_applied));
        CHECK(scene.server.executed == Names{"a", "c"});
        const auto state = scene.state().migrations.at({"2"});
        CHECK(state.applied->settled_from == "decision");
        CHECK(must(commands::read_known(scene.store, scene.rows, scene.target.target))
                  .registered.contains({"2"}));
    }
    settled_and_level(scene, 3);
}

TEST_CASE("a target that lost its markers has them again, or its migrations are pending again") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    must(scene.run());
    scene.server.markers.clear();
    scene.server.order.clear();
    CHECK(refused(scene.run()).reason == "difference-behind");
    SECTION("everything is there") {
        must(resolve(scene, {{}, std::nullopt, Resolution::mark_applied}));
        CHECK(scene.server.order.size() == 2);
        settled_and_level(scene, 2);
    }
    SECTION("nothing is there") {
        must(resolve(scene, {{}, std::nullopt, Resolution::mark_unapplied}));
        CHECK(must(scene.run()).done_count == 2);
        CHECK(scene.server.executed == Names{"a", "b", "a", "b"});
        settled_and_level(scene, 2);
    }
}

TEST_CASE("a copy of a database is adopted for the target that it is now") {
    Scene scene{{migration("1", "a"), migration("2", "b", "undo b")}};
    must(scene.run());
    must(scene.rollback());
    scene.target.target = {"staging"};
    CHECK(refused(scene.run()).reason == "difference-cloned");
    const auto report = must(resolve(scene, {{}, std::nullopt, Resolution::adopt}));
    REQUIRE(report.decisions.size() == 2);
    CHECK(report.decisions[0].digest == sha256("a"));
    CHECK_FALSE(report.decisions[1].digest);
    CHECK(must(scene.run()).done_count == 1);
    CHECK(scene.server.executed == Names{"a", "b", "undo b", "b"});
    settled_and_level(scene, 2);
}

TEST_CASE("the original of an adopted copy is another database from then on") {
    Scene scene{{migration("1", "a")}};
    must(scene.run());
    const auto original = scene.server;
    scene.server.facts.database_oid += 1;
    CHECK(refused(scene.run()).reason == "difference-cloned");
    must(resolve(scene, {{}, std::nullopt, Resolution::adopt}));
    settled_and_level(scene, 1);
    scene.server = original;
    CHECK(refused(scene.run()).reason == "difference-cloned");
}

TEST_CASE("what comes before an applied migration without a file comes late") {
    Scene scene{{migration("1", "a"), migration("3", "c")}};
    must(scene.run());
    scene.folder->migrations[1] = migration("2", "b");
    must(resolve(scene, "3", Resolution::adopt));
    CHECK(refused(scene.run()).reason == "out-of-order");
    scene.folder->migrations[1] = migration("4", "d");
    must(scene.run());
}

TEST_CASE("a decision on differences of one kind says nothing of what is in doubt") {
    auto doubtful = stepwise(migration("1", "a\ndie\nc"));
    doubtful.up.statements[1].needs_no_transaction = true;
    Scene scene{{doubtful}};
    CHECK(must(scene.run()).end == commands::RunEnd::in_doubt);
    CHECK(resolve(scene, {{{"1"}}, DifferenceKind::changed, Resolution::mark_applied})
              .error()
              .reason == "statement-in-doubt");
    must(resolve(scene, {{}, DifferenceKind::in_doubt, Resolution::mark_applied}));
    CHECK_FALSE(scene.state().open_attempt);
}

TEST_CASE("what another ledger has applied is adopted") {
    Scene scene{{migration("1", "a")}};
    must(scene.run());
    for (auto& [attempt, marker] : scene.server.markers) marker.ledger = Uuid{{99}};
    Scene fresh{{migration("1", "a")}};
    fresh.server = scene.server;
    CHECK(refused(fresh.run()).reason == "difference-ahead");
    must(resolve(fresh, "1", Resolution::adopt));
    settled_and_level(fresh, 1);
}

TEST_CASE("what was done or undone outside is told without a difference") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    must(resolve(scene, "001", Resolution::mark_applied));  // as a person may spell it
    CHECK(must(scene.run()).done_count == 1);
    CHECK(scene.server.executed == Names{"b"});
    must(resolve(scene, "2", Resolution::mark_unapplied));
    CHECK(must(scene.run()).done_count == 1);
    CHECK(scene.server.executed == Names{"b", "b"});
    CHECK(resolve(scene, "2", Resolution::mark_applied).error().reason == "nothing-to-resolve");
    CHECK(resolve(scene, "9", Resolution::mark_applied).error().reason == "version-unknown");
    CHECK(resolve(scene, {{}, std::nullopt, Resolution::adopt}).error().reason ==
          "nothing-to-resolve");
}

TEST_CASE("a person says what became of a statement in doubt") {
    auto doubtful = stepwise(migration("1", "a\ndie\nc"));
    doubtful.up.statements[1].needs_no_transaction = true;
    Scene scene{{doubtful}};
    CHECK(must(scene.run()).end == commands::RunEnd::in_doubt);
    CHECK(refused(scene.run()).reason == "statement-in-doubt");
    const auto size = scene.size();
    SECTION("it has happened") {
        must(resolve(scene, "1", Resolution::mark_applied));
        CHECK(scene.state().migrations.at({"1"}).resumption->statements_done == 2);
    }
    SECTION("it has not") {
        must(resolve(scene, "1", Resolution::mark_unapplied));
        CHECK(scene.state().migrations.at({"1"}).resumption->statements_done == 1);
    }
    const auto types = scene.types(size);
    REQUIRE(types.size() >= 2);
    CHECK(types[0] == "difference-resolved");
    CHECK(types[1] == "attempt-failed");
    CHECK_FALSE(scene.state().open_attempt);
}

TEST_CASE("a baseline takes over what is there, once and at the beginning") {
    Scene scene{{migration("1", "a"), migration("2", "b"), migration("3", "c")}};
    const auto baseline = [&](const std::string& to) {
        return commands::baseline(scene.services, {scene.target, scene.folder, {to}});
    };
    CHECK(baseline("9").error().reason == "version-unknown");
    CHECK(must(baseline("02")).adopted.size() == 2);
    CHECK(scene.server.order.size() == 2);
    CHECK(scene.state().migrations.at({"1"}).applied->settled_from == "baseline");
    CHECK(baseline("3").error().reason == "baseline-too-late");
    CHECK(baseline("3").error().detail.find("has a history already") != std::string::npos);
    CHECK(baseline("2").error().detail.find("has its baseline already: \"2\"") !=
          std::string::npos);
    CHECK(must(scene.run()).done_count == 1);
    CHECK(scene.server.executed == Names{"c"});
    settled_and_level(scene, 3);
}

TEST_CASE("markers that a crash left owed are written by the next command") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    scene.server.refuses_markers = true;
    CHECK_FALSE(commands::baseline(scene.services, {scene.target, scene.folder, {"1"}}));
    CHECK(scene.server.order.empty());
    CHECK(scene.state().migrations.at({"1"}).owed);
    scene.server.refuses_markers = false;
    CHECK(must(scene.run()).done_count == 1);
    CHECK(scene.server.order.size() == 2);
    CHECK_FALSE(scene.state().migrations.at({"1"}).owed);
    const auto types = scene.types();
    CHECK(std::count(types.begin(), types.end(), "markers-written") == 1);
    settled_and_level(scene, 2);
}

TEST_CASE("what a run left open is settled by the database that it was left in") {
    Scene scene{{migration("1", "lost")}};
    scene.server.fence_held = true;
    CHECK(must(scene.run()).end == commands::RunEnd::in_doubt);
    const auto original = scene.server;
    scene.server.fence_held = false;
    scene.server.markers.clear();
    scene.server.order.clear();
    SECTION("another database, or another schema of markers") {
        scene.server.facts.database_oid += 1;
    }
    SECTION("the same one, and another schema of markers") {
        scene.target.marker_schema = "elsewhere";
    }
    const auto size = scene.size();
    CHECK(refused(scene.run()).reason == "database-differs");
    CHECK(resolve(scene, "1", Resolution::mark_unapplied).error().reason == "database-differs");
    CHECK(resolve(scene, {{}, DifferenceKind::behind, Resolution::adopt}).error().reason ==
          "database-differs");
    CHECK(scene.size() == size);

    const auto report = must(resolve(scene, {{}, std::nullopt, Resolution::adopt}));
    CHECK(report.database == "shop");
    CHECK(scene.state().state_of({"1"}) == State::failed);
    CHECK(scene.types(size)[0] == "target-registered");
    CHECK(scene.types(size)[1] == "attempt-failed");
    CHECK(must(scene.run()).done_count == 1);
}

TEST_CASE("markers that are owed are written to the database that they were decided of") {
    Scene scene{{migration("1", "a")}};
    scene.server.refuses_markers = true;
    CHECK_FALSE(resolve(scene, "1", Resolution::mark_applied));
    scene.server.refuses_markers = false;
    scene.server.facts.database_oid += 1;
    CHECK(refused(scene.run()).reason == "database-differs");
    CHECK(scene.server.order.empty());
    scene.server.facts.database_oid -= 1;
    settled_and_level(scene, 1);
    CHECK(scene.server.order.size() == 1);
}

TEST_CASE("a half-done script goes on only where the target has its half") {
    Scene scene{{stepwise(migration("1", "a\nfail\nc"))}};
    CHECK(must(scene.run()).end == commands::RunEnd::failed);
    const auto half = scene.server;
    scene.server.markers.clear();
    scene.server.order.clear();
    const auto error = refused(scene.run());
    CHECK(error.reason == "difference-behind");
    CHECK(error.detail.starts_with("the ledger says that 1 of 3 statements of \"1\" are applied"));
    SECTION("the half is there again") { scene.server = half; }
    SECTION("it is to be run from its first statement") {
        must(resolve(scene, "1", Resolution::mark_unapplied));
        scene.server.executed.clear();
    }
    SECTION("somebody has finished it") {
        must(resolve(scene, "1", Resolution::mark_applied));
        settled_and_level(scene, 1);
        return;
    }
    scene.folder->migrations[0] = stepwise(migration("1", "a\nb\nc"));
    CHECK(must(scene.run()).done_count == 1);
    CHECK(scene.server.executed == Names{"a", "b", "c"});
}

TEST_CASE("half of a script that another ledger began is not adopted") {
    Scene scene{{stepwise(migration("1", "a\nfail"))}};
    must(scene.run());
    for (auto& [attempt, marker] : scene.server.markers) marker.ledger = Uuid{{99}};
    Scene fresh{{stepwise(migration("1", "a\nb"))}};
    fresh.server = scene.server;
    CHECK(refused(fresh.run()).reason == "difference-behind");
    CHECK(resolve(fresh, "1", Resolution::adopt).error().reason == "resolution-unfit");
    must(resolve(fresh, "1", Resolution::mark_applied));
    settled_and_level(fresh, 1);
}

TEST_CASE("a marker of another text is none of what was applied") {
    Scene scene{{migration("1", "wrong", "undo")}};
    must(scene.run());
    const auto before = scene.server;
    must(scene.rollback());
    scene.folder->migrations[0] = migration("1", "right", "undo");
    must(scene.run());
    scene.server = before;
    CHECK(refused(scene.run()).detail.find("another text") != std::string::npos);
    must(resolve(scene, "1", Resolution::mark_unapplied));
    CHECK(must(scene.run()).done_count == 1);
}

}  // namespace resolve_test
