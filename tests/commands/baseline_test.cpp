#include "commands/baseline.hpp"

#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

namespace baseline_test {

using namespace tests;

TEST_CASE("a baseline comes after runs that have left nothing, and not after half of one") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    const auto baseline = [&](Scene& there) {
        return commands::baseline(there.services, {there.target, there.folder, {"1"}});
    };
    Scene failing{{migration("1", "fail")}};
    CHECK(must(failing.run()).end == commands::RunEnd::failed);
    CHECK(failing.state().migrations.at({"1"}).state == projections::State::failed);
    must(baseline(failing));
    CHECK(must(failing.run()).end == commands::RunEnd::nothing_to_do);
    CHECK(failing.state().applied_order.size() == 1);

    Scene half{{stepwise(migration("1", "a\nfail\nc"))}};
    CHECK(must(half.run()).end == commands::RunEnd::failed);
    CHECK(baseline(half).error().reason == "baseline-too-late");
    must(scene.run());
    CHECK(baseline(scene).error().reason == "baseline-too-late");
}

TEST_CASE("a baseline comes after what was undone, as a run says that it may") {
    Scene scene{{migration("1", "a", "undo a"), migration("2", "b", "undo b")}};
    must(scene.run());
    commands::RollbackOptions all;
    all.to = ledger::Version{"0"};
    must(scene.rollback(all));
    scene.folder->migrations[0] = migration("1", "fail", "undo a");
    CHECK(must(scene.run()).is_first_here);
    must(commands::baseline(scene.services, {scene.target, scene.folder, {"1"}}));
    CHECK(must(scene.run()).done_count == 1);

    Scene others{{migration("1", "fail")}};
    others.server = scene.server;
    for (auto& marker : others.server.order) marker.ledger = ledger::Uuid{{99}};
    for (auto& [attempt, marker] : others.server.markers) marker.ledger = ledger::Uuid{{99}};
    CHECK(
        commands::baseline(others.services, {others.target, others.folder, {"1"}}).error().reason ==
        "baseline-too-late");
}

TEST_CASE("a baseline that was cut off refuses a run, until the same one has written the rest") {
    Scene whole{{migration("1", "a"), migration("2", "b"), migration("3", "c")}};
    Scene scene{{migration("1", "a"), migration("2", "b"), migration("3", "c")}};
    const auto baseline = [](Scene& there, const std::string& version) {
        return commands::baseline(there.services, {there.target, there.folder, {version}});
    };
    must(baseline(whole, "2"));
    leave_cut_off(whole, scene, 1);
    const auto refused = scene.run();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "takeover-cut-off");
    CHECK(refused.error().detail ==
          "the baseline \"2\" was cut off: 1 migration that is applied would be run again");
    CHECK(scene.server.executed.empty());
    CHECK(baseline(scene, "1").error().reason == "takeover-cut-off");
    CHECK(must(baseline(scene, "2")).adopted == std::vector<ledger::Version>{{"2"}});
    CHECK(must(scene.run()).done_count == 1);
    CHECK(scene.server.executed == std::vector<std::string>{"c"});
}

}  // namespace baseline_test
