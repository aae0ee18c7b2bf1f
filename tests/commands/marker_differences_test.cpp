#include "commands/reconcile.hpp"
#include "tests/commands/reconcile_scene.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace reconcile_test {

TEST_CASE("ledger and markers that agree differ in nothing") {
    Scene scene;
    scene.applied("1");
    scene.applied_in_ledger("2");
    scene.state.migrations[{"2"}].owed.emplace();
    scene.half_done("3", 2);
    scene.marked("3").statements_done = 2;
    scene.markers.back().statements_total = 3;
    scene.marked("4");
    scene.marked("4").direction = Direction::down;
    CHECK(seen(scene.of_target()).empty());
}

TEST_CASE("a target that lacks what the ledger says it has is behind") {
    Scene scene;
    SECTION("without a marker") { scene.applied_in_ledger("1"); }
    SECTION("with one that says that it was undone") {
        scene.applied("1");
        scene.marked("1").direction = Direction::down;
    }
    SECTION("with one of another text") {
        scene.applied_in_ledger("1", "SELECT 1 -- corrected");
        scene.marked("1");
    }
    SECTION("with fewer of its statements") {
        scene.half_done("1", 2);
        scene.marked("1").statements_total = 3;
    }
    SECTION("with half of a script that the ledger did not begin") {
        scene.marked("1").statements_total = 3;
    }
    CHECK(seen(scene.of_target()) == only(DifferenceKind::behind, "1"));
}

TEST_CASE(
    "a target restored from the middle of a script is one difference, and says how far it is") {
    Scene scene;
    scene.applied_in_ledger("1");
    SECTION("of what is applied") { scene.marked("1"); }
    SECTION("of what is half undone there") {
        scene.marked("1");
        scene.marked("1").direction = Direction::down;
    }
    scene.markers.back().statements_total = 3;
    const auto found = scene.of_target();
    REQUIRE(seen(found) == only(DifferenceKind::behind, "1"));
    CHECK(
        found[0].detail.starts_with("the ledger says that \"1\" is applied, all of it, but the "
                                    "target's newest marker says that 1 of 3 statements"));
    CHECK(found[0].help.find("finish it or undo it by hand") != std::string::npos);
}

TEST_CASE("where the marker says that it was undone, the ledger may be the older one") {
    Scene scene;
    scene.applied("1");
    scene.marked("1").direction = Direction::down;
    const auto found = scene.of_target();
    REQUIRE(found.size() == 1);
    CHECK(found[0].help.find("this ledger was restored from before that rollback") !=
          std::string::npos);
}

TEST_CASE("a digest that nobody knows is no other text") {
    Scene scene;
    scene.applied("1");
    SECTION("in the marker") { scene.markers.back().digest = {}; }
    SECTION("in the ledger") { scene.state.migrations[{"1"}].applied->digest = {}; }
    CHECK(seen(scene.of_target()).empty());
}

TEST_CASE("the own database of another target is not called a copy") {
    Scene scene;
    scene.applied("1");
    scene.markers[0].target = "development";
    const auto found = scene.of_target();
    REQUIRE(seen(found) == only(DifferenceKind::cloned, "1"));
    CHECK(found[0].detail.find("this is that target's own database, or a physical copy") !=
          std::string::npos);
    CHECK(found[0].help.starts_with("is the URL right?"));
}

TEST_CASE("a target restored from before a rollback is ahead, and not of another ledger") {
    Scene scene;
    scene.marked("1");
    scene.state.migrations[{"1"}].state = projections::State::rolled_back;
    const auto found = scene.of_target();
    REQUIRE(seen(found) == only(DifferenceKind::ahead, "1"));
    CHECK(found[0].detail.find("was undone") != std::string::npos);
    CHECK(found[0].help.starts_with("take it over as applied: varve resolve VERSION --adopt"));
}

TEST_CASE("a target restored from before a decision is ahead, and no stranger's") {
    Scene scene;
    scene.marked("1");
    scene.state.migrations[{"1"}].former.emplace().was_ended_by_decision = true;
    const auto found = scene.of_target();
    REQUIRE(seen(found) == only(DifferenceKind::ahead, "1"));
    CHECK(found[0].detail.find("restored from before that decision?") != std::string::npos);
    CHECK(found[0].help.starts_with("say it again: varve resolve VERSION --mark-unapplied"));
}

TEST_CASE("what somebody else has undone is one difference, which says so") {
    Scene scene;
    scene.applied("1");
    Marker& marker = scene.marked("1");
    marker.direction = Direction::down;
    SECTION("with another ledger") {
        marker.ledger = another_ledger;
        const auto found = scene.of_target();
        REQUIRE(seen(found) == only(DifferenceKind::ahead, "1"));
        CHECK(found[0].is_undone);
        CHECK(found[0].detail.find("has undone \"1\", which this ledger has as applied") !=
              std::string::npos);
        CHECK(found[0].help.find("--mark-applied") != std::string::npos);
    }
    SECTION("in the database that this one is a copy of") {
        marker.database_oid = here + 1;
        const auto found = scene.of_target();
        REQUIRE(seen(found) == only(DifferenceKind::cloned, "1"));
        CHECK(found[0].is_undone);
        CHECK(found[0].detail.find("it was undone") != std::string::npos);
    }
    SECTION("with this ledger, which has lost that since") {
        const auto found = scene.of_target();
        REQUIRE(seen(found) == only(DifferenceKind::behind, "1"));
        CHECK(found[0].detail.find("newest marker says that it was undone") != std::string::npos);
    }
}

TEST_CASE("what another ledger has undone, and this one never had, contradicts nothing") {
    Scene scene;
    scene.marked("1").direction = Direction::down;
    scene.markers.back().ledger = another_ledger;
    const auto found = scene.of_target();
    REQUIRE(seen(found) == only(DifferenceKind::ahead, "1"));
    CHECK_FALSE(found[0].is_undone);
    CHECK(found[0].detail.find("has undone \"1\"") != std::string::npos);
}

TEST_CASE("half of a script goes on in the database that it was moved to, once that is known") {
    Scene scene;
    scene.half_done("1", 2);
    Marker& marker = scene.marked("1");
    marker.statements_done = 2;
    marker.statements_total = 3;
    marker.database_oid = here + 1;
    SECTION("which the ledger knows") { CHECK(seen(scene.of_target()).empty()); }
    SECTION("which it does not") {
        scene.state.database->database_oid = here + 1;
        const auto found = scene.of_target();
        REQUIRE(seen(found) == only(DifferenceKind::cloned, "1"));
        CHECK(found[0].stays_half);
    }
    SECTION("but not that of another target") {
        marker.target = "staging";
        CHECK(seen(scene.of_target()) == only(DifferenceKind::behind, "1"));
    }
}

TEST_CASE("a marker that this ledger never wrote is ahead") {
    Scene scene;
    SECTION("of a success that it has not") { scene.marked("1"); }
    SECTION("of another ledger") {
        scene.applied("1");
        scene.markers.back().ledger = another_ledger;
    }
    CHECK(seen(scene.of_target()) == only(DifferenceKind::ahead, "1"));
}

TEST_CASE("markers of this ledger that were written elsewhere make the target a copy") {
    Scene scene;
    scene.applied("1");
    Marker& marker = scene.markers.back();
    SECTION("for another target") { marker.target = "staging"; }
    SECTION("in another database") { marker.database_oid = here + 1; }
    SECTION("in another cluster") { marker.system_identifier = "7300000000000000002"; }
    SECTION("while the target stands for another database by now") {
        scene.state.database->database_oid = here + 1;
    }
    CHECK(seen(scene.of_target()) == only(DifferenceKind::cloned, "1"));
}

TEST_CASE("a wrong URL that looks like lost markers is named with them, once") {
    Scene scene;
    scene.applied_in_ledger("1");
    scene.applied_in_ledger("2");
    scene.state.database->database = "shop_before";
    scene.state.database->database_oid = here + 1;
    const auto differences = scene.of_target();
    REQUIRE(differences.size() == 2);
    CHECK(differences[0].detail.find("shop_before") != std::string::npos);
    CHECK(differences[1].detail.find("shop_before") == std::string::npos);
}

TEST_CASE("another schema for markers is named with what is missing there") {
    Scene scene;
    scene.applied_in_ledger("1");
    SECTION("where the configuration says another than before") {
        scene.target.marker_schema = "bookkeeping";
        const auto behind = scene.of_target().front();
        CHECK(behind.detail.ends_with("\"varve\", and marker_schema says \"bookkeeping\")"));
        CHECK(behind.help.starts_with("put marker_schema back to \"varve\""));
    }
    SECTION("where it holds none at all") {
        CHECK(scene.of_target().front().detail.find("no marker at all is in schema \"varve\"") !=
              std::string::npos);
    }
    SECTION("but not where it has others") {
        scene.applied("2");
        CHECK(scene.of_target().front().detail.find("schema") == std::string::npos);
    }
}

}  // namespace reconcile_test
