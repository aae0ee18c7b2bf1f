#include "commands/reconcile.hpp"

#include "migrations/bookkeeping/checksum.hpp"
#include "tests/commands/reconcile_scene.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace reconcile_test {
namespace {

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

TEST_CASE("a repeatable that stopped half-way cannot stay away, whatever was applied before") {
    Scene scene;
    SECTION("the first time") {}
    SECTION("again, with another text") { scene.applied("R__view", "CREATE VIEW a"); }
    scene.half_done("R__view", 2);
    const auto found = commands::file_differences(scene.state, folder({}));
    CHECK(seen(found) == only(DifferenceKind::missing, "R__view"));
    CHECK(found.at(0).is_in_part);
    CHECK_FALSE(commands::is_up_to_date(scene.state, folder({})));
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

TEST_CASE("what is half undone and has no file is said to be that, and each help says of which") {
    Scene scene;
    scene.applied_in_ledger("1");
    scene.applied_in_ledger("2", "SELECT 2");
    scene.half_done("2", 1, Direction::down);
    const auto found = commands::file_differences(scene.state, folder({}));
    REQUIRE(found.size() == 2);
    CHECK(found[1].detail.starts_with("\"2\" is undone in part, but its file is gone"));
    const auto error = commands::refusal(found, true);
    REQUIRE(error);
    CHECK(error->help.starts_with("missing: put the file back"));
    CHECK(error->help.find("; missing \"2\": finish it first") != std::string::npos);
}

TEST_CASE("what is half undone is not said to be whole under another name") {
    Scene scene;
    scene.applied("1");
    scene.half_done("1", 0, Direction::down).begun = {"the index i is dropped by half"};
    const auto found =
        commands::file_differences(scene.state, folder({migration("2", "SELECT 1")}));
    REQUIRE_FALSE(found.empty());
    CHECK(found[0].detail.starts_with("\"1\" is undone in part, but its file is gone"));
    CHECK_FALSE(found[0].renamed_to);
    CHECK(found[0].help.starts_with("finish it first"));
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

TEST_CASE("all three are held against each other at once") {
    Scene scene;
    scene.applied("1");
    scene.applied_in_ledger("2");
    const auto files =
        folder({migration("1", "SELECT 9"), migration("2"), migration("3", "SELECT 3")});
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

TEST_CASE("a file that comes after the import of what it did is held against its checksum") {
    Scene scene;
    scene.state.imported = projections::ImportedHistory{"drizzle", "public.rows", {}};
    auto& known = scene.applied_in_ledger("2");
    known.applied->digest = {};
    known.absence_accepted = true;
    known.imported.emplace().checksum = ledger::hex(ledger::sha256("SELECT 2"));
    CHECK(commands::file_differences(scene.state, folder({migration("2", "SELECT 2")})).empty());
    const auto another = folder({migration("2", "SELECT 3")});
    const auto changed = commands::file_differences(scene.state, another);
    CHECK(seen(changed) == only(DifferenceKind::changed, "2"));
    CHECK(changed.at(0).detail ==
          "\"2\" was taken over as applied without a file, and 2.sql is not what was applied, by "
          "the checksum that the other tool has kept");
    known.imported->checksum.reset();
    CHECK(commands::file_differences(scene.state, another)
              .at(0)
              .detail.ends_with("tell whether it is what was applied"));
}

TEST_CASE("an instant that Drizzle keeps of what has no file tells no place among its tags") {
    Scene scene;
    scene.state.imported = projections::ImportedHistory{"drizzle", "public.rows", {}};
    auto& known = scene.applied_in_ledger("1704067440123");
    known.applied->digest = {};
    known.absence_accepted = true;
    known.imported.emplace().checksum = ledger::hex(ledger::sha256("SELECT 4"));
    CHECK(
        commands::file_differences(scene.state, folder({migration("0005_e", "SELECT 5")})).empty());
    const auto late = folder({migration("0004_d", "SELECT 4"), migration("0005_e", "SELECT 5")});
    const auto found = commands::file_differences(scene.state, late);
    CHECK(seen(found) == only(DifferenceKind::missing, "1704067440123"));
    CHECK(found.at(0).renamed_to == ledger::Version{"0004_d"});
}

TEST_CASE("a new file with the text of what has none is new, and each file stands for one alone") {
    Scene scene;
    scene.state.imported = projections::ImportedHistory{"flyway", "public.rows", {}};
    for (const char* gone : {"1", "2"}) {
        auto& known = scene.applied_in_ledger(gone);
        known.applied->digest = {};
        known.absence_accepted = true;
        known.imported.emplace().checksum =
            migrations::bookkeeping::flyway_checksum("REFRESH MATERIALIZED VIEW mv");
    }
    const auto refreshed = folder({migration("6", "REFRESH MATERIALIZED VIEW mv")});
    CHECK(commands::file_differences(scene.state, refreshed).empty());
    const auto late = folder({migration("002", "SELECT 2"), migration("02", "SELECT 2")});
    const auto found = commands::file_differences(scene.state, late);
    CHECK(seen(found) == only(DifferenceKind::missing, "2"));
}

TEST_CASE("a file with a new name behind its number is known by the checksum as well") {
    Scene scene;
    scene.state.imported = projections::ImportedHistory{"prisma", "public.rows", {}};
    auto& known = scene.applied_in_ledger("20240102000000_b");
    known.applied->digest = {};
    known.absence_accepted = true;
    known.imported.emplace().checksum = ledger::hex(ledger::sha256("SELECT 2"));
    const auto renamed = folder({migration("20240102000000_renamed", "SELECT 2")});
    CHECK(seen(commands::file_differences(scene.state, renamed)) ==
          only(DifferenceKind::missing, "20240102000000_b"));
    const auto later = folder({migration("20240103000000_later", "SELECT 2")});
    CHECK(commands::file_differences(scene.state, later).empty());
}

}  // namespace reconcile_test
