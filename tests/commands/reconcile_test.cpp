#include "commands/reconcile.hpp"

#include "ledger/digest.hpp"
#include "ledger/identity.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

namespace reconcile_test {
namespace {

using commands::Difference;
using commands::DifferenceKind;
using commands::file_differences;
using commands::Marker;
using ledger::Direction;
using ledger::MigrationKind;
using migrations::Folder;
using migrations::Migration;
using projections::TargetState;

using Seen = std::vector<std::pair<DifferenceKind, std::string>>;

constexpr std::uint32_t here = 16384;
constexpr const char* cluster = "7300000000000000001";
const ledger::Uuid our_ledger = *ledger::uuid_from_text("01890a5d-ac96-774b-bcce-b302099a8057");
const ledger::Uuid another_ledger = *ledger::uuid_from_text("01890a5d-ac96-774b-bcce-b302099a8058");

Migration migration(const std::string& version, const std::string& text = "SELECT 1",
                    MigrationKind kind = MigrationKind::versioned) {
    Migration made;
    made.version = {version};
    made.kind = kind;
    made.up.path = version + ".sql";
    made.up.bytes = text;
    made.up.text = text;
    made.up.digest = ledger::sha256(text);
    return made;
}

Folder folder(std::vector<Migration> migrations) {
    Folder made;
    made.layout = "varve";
    made.migrations = std::move(migrations);
    return made;
}

// A ledger, a target and what both say of each other.
struct Scene {
    TargetState state;
    std::vector<Marker> markers;
    commands::ServerFacts facts;
    commands::TargetRequest target{{"production"}};

    Scene() {
        facts.database = "shop";
        facts.database_oid = here;
        facts.system_identifier = cluster;
        auto& identity = state.database.emplace();
        identity.database = "shop";
        identity.database_oid = here;
        identity.system_identifier = cluster;
        identity.marker_schema = "varve";
    }

    projections::MigrationState& applied_in_ledger(const std::string& version,
                                                   const std::string& text = "SELECT 1") {
        auto& known = state.migrations[{version}];
        known.state = projections::State::applied;
        known.applied.emplace().digest = ledger::sha256(text);
        state.applied_order.push_back({version});
        return known;
    }

    Marker& marked(const std::string& version, const std::string& text = "SELECT 1") {
        Marker marker;
        marker.version = {version};
        marker.digest = ledger::sha256(text);
        marker.target = "production";
        marker.system_identifier = cluster;
        marker.database_oid = here;
        marker.ledger = our_ledger;
        marker.statements_done = 1;
        marker.statements_total = 1;
        return markers.emplace_back(std::move(marker));
    }

    void applied(const std::string& version, const std::string& text = "SELECT 1") {
        applied_in_ledger(version, text);
        marked(version, text);
    }

    projections::Resumption& half_done(const std::string& version, std::uint32_t done,
                                       Direction direction = Direction::up) {
        auto& resumption = state.migrations[{version}].resumption.emplace();
        resumption.direction = direction;
        resumption.statements_done = done;
        resumption.statement_count = 3;
        return resumption;
    }

    [[nodiscard]] std::vector<Difference> of_target() const {
        return commands::target_differences({state, markers, facts, target, our_ledger});
    }
};

Seen seen(const std::vector<Difference>& differences) {
    Seen all;
    for (const Difference& difference : differences)
        all.emplace_back(difference.kind, difference.version.text);
    return all;
}

Seen only(DifferenceKind kind, const std::string& version) { return {{kind, version}}; }

std::vector<std::string> pending(const TargetState& state, const Folder& folder) {
    std::vector<std::string> all;
    for (const auto& each : commands::pending_of(state, folder))
        all.push_back(each.migration->version.text + "@" +
                      std::to_string(each.first_statement_index));
    return all;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("what was never applied, or was undone, is pending") {
    Scene scene;
    scene.applied("1");
    scene.state.migrations[{"2"}].state = projections::State::rolled_back;
    scene.half_done("3", 2);
    const auto files = folder({migration("1"), migration("2"), migration("3"), migration("4")});
    CHECK(pending(scene.state, files) == Texts{"2@0", "3@2", "4@0"});
    CHECK_FALSE(commands::is_up_to_date(scene.state, files));
}

TEST_CASE("what is half undone is not pending: its rollback goes on first") {
    Scene scene;
    scene.applied("1");
    scene.half_done("1", 1, Direction::down);
    CHECK(pending(scene.state, folder({migration("1")})).empty());
}

TEST_CASE("a repeatable is pending again with another text, and never a changed file") {
    Scene scene;
    scene.applied("R__view", "CREATE VIEW a");
    const auto now = migration("R__view", "CREATE VIEW b", MigrationKind::repeatable);
    const auto before = migration("R__view", "CREATE VIEW a", MigrationKind::repeatable);
    CHECK(pending(scene.state, folder({now})) == Texts{"R__view@0"});
    CHECK(commands::file_differences(scene.state, folder({now})).empty());
    CHECK(commands::is_up_to_date(scene.state, folder({before})));
    CHECK(commands::file_differences(scene.state, folder({})).empty());
}

TEST_CASE("the newest baseline stands for what comes before it, where nothing was applied") {
    const auto files = folder({migration("1"), migration("B2", "SELECT 2", MigrationKind::baseline),
                               migration("3"), migration("B4", "SELECT 4", MigrationKind::baseline),
                               migration("5")});
    Scene scene;
    SECTION("a fresh target begins with it") {
        CHECK(pending(scene.state, files) == Texts{"B4@0", "5@0"});
    }
    SECTION("a target with a history goes on without any") {
        scene.applied("1");
        CHECK(pending(scene.state, files) == Texts{"3@0", "5@0"});
    }
    SECTION("one that began with it goes on after it") {
        scene.applied("B4", "SELECT 4");
        CHECK(pending(scene.state, files) == Texts{"5@0"});
    }
    SECTION("one that began with an older one goes on after that") {
        scene.applied("B2", "SELECT 2");
        CHECK(pending(scene.state, files) == Texts{"3@0", "5@0"});
    }
}

TEST_CASE("a file that differs from what was applied is changed, and says how") {
    Scene scene;
    scene.applied("1", "SELECT 1;\nSELECT 2;\n");
    const auto says_ends_alone = [&](const std::string& text) {
        const auto found = commands::file_differences(scene.state, folder({migration("1", text)}));
        REQUIRE(seen(found) == only(DifferenceKind::changed, "1"));
        return found[0].detail.find("byte order mark alone") != std::string::npos;
    };
    CHECK_FALSE(says_ends_alone("SELECT 3;\n"));
    CHECK(says_ends_alone("SELECT 1;\r\nSELECT 2;\r\n"));
    CHECK(says_ends_alone("\xEF\xBB\xBFSELECT 1;\nSELECT 2;\n"));
}

TEST_CASE("a file that cannot be read is said to be that, and has not changed") {
    Scene scene;
    scene.applied("1", "SELECT 1;\n");
    Folder files = folder({migration("1", "")});
    files.migrations[0].up.is_unread = true;
    CHECK(commands::file_differences(scene.state, files).size() == 1);  // read, and empty
    files.diagnostics = {{migrations::Severity::error, "unreadable", "why", "1.sql"}};
    CHECK(commands::file_differences(scene.state, files).empty());
}

TEST_CASE("what is applied, in whole or in part, and has no file is missing until it is accepted") {
    Scene scene;
    scene.applied_in_ledger("1");
    scene.half_done("2", 1);
    CHECK(seen(commands::file_differences(scene.state, folder({}))) ==
          Seen{{DifferenceKind::missing, "1"}, {DifferenceKind::missing, "2"}});
    scene.state.migrations[{"1"}].absence_accepted = true;
    scene.half_done("2", 0);
    CHECK(commands::file_differences(scene.state, folder({})).empty());
}

TEST_CASE("a file that has got another version, and the same text, is not taken for a new one") {
    Scene scene;
    scene.applied_in_ledger("1", "UPDATE t SET n = n * 100");
    const auto found = commands::file_differences(
        scene.state, folder({migration("0001", "UPDATE t SET n = n * 100")}));
    REQUIRE_FALSE(found.empty());
    CHECK(found[0].kind == DifferenceKind::missing);
    CHECK(found[0].detail.ends_with("was it renamed? 0001.sql has the same text"));
    const auto error = commands::refusal(found, true);
    REQUIRE(error);
    CHECK(error->help.find("varve resolve --all --kind missing --mark-applied") !=
          std::string::npos);
}

TEST_CASE("what comes before something applied is out of order until it is accepted") {
    Scene scene;
    const auto order = [&](const Folder& files) {
        return seen(commands::file_differences(scene.state, files));
    };
    SECTION("by its place in the folder") {
        scene.applied("2");
        const auto files = folder({migration("1"), migration("2"), migration("3")});
        CHECK(order(files) == only(DifferenceKind::out_of_order, "1"));
        scene.state.migrations[{"1"}].lateness_accepted = true;
        CHECK(order(files).empty());
    }
    SECTION("by number, where the later one's file is gone") {
        scene.applied_in_ledger("10").absence_accepted = true;
        CHECK(order(folder({migration("9"), migration("11")})) ==
              only(DifferenceKind::out_of_order, "9"));
    }
    SECTION("but not where it was begun before") {
        scene.applied("2");
        scene.half_done("1", 1);
        CHECK(order(folder({migration("1"), migration("2")})).empty());
    }
}

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
    CHECK(found[0].detail.ends_with("this is that target's own database"));
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

TEST_CASE("all three are held against each other at once") {
    Scene scene;
    scene.applied("1");
    scene.applied_in_ledger("2");
    const auto files = folder({migration("1", "SELECT 9"), migration("2"), migration("3")});
    const auto reconciled = commands::reconcile(
        {scene.state, scene.markers, scene.facts, scene.target, our_ledger}, files);
    CHECK(seen(reconciled.differences) ==
          Seen{{DifferenceKind::changed, "1"}, {DifferenceKind::behind, "2"}});
    REQUIRE(reconciled.pending.size() == 1);
    CHECK(reconciled.pending.front().migration->version.text == "3");
}

TEST_CASE("what stands in the way is one error, and order weighs less than integrity") {
    const Difference late{DifferenceKind::out_of_order, {"1"}, "1 is late"};
    const Difference changed{DifferenceKind::changed, {"2"}, "2 has changed"};
    CHECK_FALSE(commands::refusal({}, false));
    CHECK_FALSE(commands::refusal({late}, true));
    CHECK(commands::refusal({late}, false)->reason == "out-of-order");

    const auto both = commands::refusal({late, changed}, false);
    REQUIRE(both);
    CHECK(both->reason == "difference-changed");
    CHECK(both->detail == "2 has changed; 1 is late");
    CHECK(both->help.find("out-of-order: ") != std::string::npos);

    const auto many = commands::refusal(std::vector<Difference>(7, changed), false);
    REQUIRE(many);
    CHECK(many->detail.find("; and 2 more") != std::string::npos);
}

}  // namespace reconcile_test
