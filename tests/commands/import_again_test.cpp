#include "tests/commands/import_scene.hpp"
#include "tests/commands/resolving.hpp"

#include <catch2/catch.hpp>

namespace import_test {

using projections::State;

TEST_CASE("a second import takes over only what is new, and records nothing where nothing is") {
    ImportScene scene{{"1"}};
    must(scene.import());
    const auto size = scene.size();
    const auto again = must(scene.import());
    CHECK(again.adoptions.empty());
    CHECK(again.known == std::vector<Version>{{"1"}});
    CHECK(scene.size() == size);
    scene.row("2");
    CHECK(adopted(must(scene.import())) == Names{"2"});
}

TEST_CASE("what the other tool has applied since the import is not applied again") {
    ImportScene scene{{"1"}};
    must(scene.import());
    scene.row("2");
    const auto refused = scene.run_asking();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "history-elsewhere");
    CHECK(refused.error().detail ==
          "since the history of goose in public.goose_db_version was imported, it has got more, "
          "which count there as applied: 2");
    CHECK(scene.server.executed.empty());
    CHECK(scene.asked == Names{"public.goose_db_version"});
    SECTION("until that is imported, too") {
        must(scene.import());
        CHECK(must(scene.run_asking()).done_count == 1);
        CHECK(scene.server.executed == Names{"c"});
    }
    SECTION("but on a person's word") {
        CHECK(must(scene.run_asking(true)).done_count == 2);
        CHECK(must(scene.run_asking()).end == commands::RunEnd::nothing_to_do);
    }
}

TEST_CASE("an imported history that the role may not read any more is noted, and no more") {
    ImportScene scene{{"1"}};
    must(scene.import());
    commands::RunRequest request{scene.target, scene.folder, {}};
    SECTION("no right") {
        request.other_history = [](const auto&) -> Result<migrations::bookkeeping::History> {
            return ledger::fail(Code::refused, "permission-denied", "no");
        };
        const auto report = must(commands::run(scene.services, std::move(request)));
        CHECK(report.done_count == 2);
        CHECK(report.notes.at(0).starts_with(
            "the history of goose in public.goose_db_version was imported, and cannot be read "
            "now, so that"));
    }
    SECTION("anything else") {
        request.other_history = [](const auto&) -> Result<migrations::bookkeeping::History> {
            return ledger::fail(Code::refused, "server-error", "broken");
        };
        const auto refused = commands::run(scene.services, std::move(request));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().detail ==
              "the history of goose in public.goose_db_version was imported, and cannot be read "
              "now: broken");
    }
}

TEST_CASE("what was undone here since the import may be applied again") {
    ImportScene scene{{"1"}};
    must(scene.import());
    must(scene.rollback());
    scene.row("7");  // no file of the folder
    CHECK(must(scene.run_asking()).done_count == 3);
    scene.asked.clear();
    CHECK(must(scene.run_asking()).end == commands::RunEnd::nothing_to_do);
    CHECK(scene.asked.empty());
}

TEST_CASE("an import that was cut off refuses a run, until another has written the rest") {
    ImportScene whole{{"1", "2"}};
    must(whole.import());
    ImportScene scene{{"1", "2"}};
    leave_cut_off(whole, scene, 1);
    const auto refused = scene.run_asking();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "takeover-cut-off");
    CHECK(scene.server.executed.empty());
    SECTION("another import") {
        CHECK(adopted(must(scene.import())) == Names{"2"});
        CHECK(must(scene.run_asking()).done_count == 1);
        CHECK(scene.server.executed == Names{"c"});
    }
    SECTION("which need not find more") {
        must(resolve(scene, "2", Resolution::mark_applied));
        CHECK(must(scene.import()).adoptions.empty());
        CHECK(must(scene.run_asking()).done_count == 1);
    }
    SECTION("a person's word") { CHECK(must(scene.run_asking(true)).done_count == 2); }
}

TEST_CASE("what the other tool has applied since is not applied again, though it was undone here") {
    ImportScene scene{{"1"}};
    scene.folder->migrations = {migration("1", "a"), migration("2", "b", "not b")};
    must(scene.import());
    must(scene.run_asking());
    must(scene.rollback());
    scene.row("2");
    const auto refused = scene.run_asking();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "history-elsewhere");
    CHECK(refused.error().detail.ends_with("which count there as applied: 2"));
    CHECK(refused.error().help.starts_with("this ledger has undone 2, or a part of it"));
    CHECK(scene.server.executed == Names{"b", "not b"});
    CHECK(scene.import().error().reason == "import-contradicts");
    must(resolve(scene, "2", Resolution::mark_applied));
    CHECK(must(scene.run_asking()).end == commands::RunEnd::nothing_to_do);
}

TEST_CASE("what was undone here, and has the row that was imported, stands in no import's way") {
    ImportScene scene{{"1"}};
    must(scene.import());
    must(scene.rollback());
    scene.row("2");
    CHECK(scene.run_asking().error().detail.ends_with("which count there as applied: 2"));
    const auto plan = must(scene.import());
    CHECK(adopted(plan) == Names{"2"});
    CHECK(plan.history.findings.back() ==
          "counted there as applied as at the import before, and undone here since, which stays "
          "so: 1");
    CHECK(scene.state().migrations.at({"1"}).state == State::rolled_back);
}

TEST_CASE("what was imported without a file is not applied again when its file comes") {
    ImportScene scene{{"1", "2", "3", "4"}};
    must(scene.import());
    scene.folder->migrations.push_back(migration("00004", "d"));
    const auto refused = scene.run_asking();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "difference-missing");
    CHECK(refused.error().detail ==
          "\"4\" was taken over as applied without a file, and 00004_m.up.sql, which is pending, "
          "has the same number");
    CHECK(must(scene.import()).adoptions.empty());
    must(resolve(scene, {{}, commands::DifferenceKind::missing, Resolution::mark_applied}));
    CHECK(must(scene.run_asking()).end == commands::RunEnd::nothing_to_do);
    CHECK(scene.state().application_of({"4"}) == nullptr);
    CHECK(scene.state().application_of({"00004"}) != nullptr);
    CHECK(scene.server.executed.empty());
}

TEST_CASE("what was imported without a file is not undone by the file that has come since") {
    ImportScene scene{{"1", "4"}};
    must(scene.import());
    scene.folder->migrations.push_back(migration("4", "another", "not another"));
    const auto refused = scene.rollback();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "difference-changed");
    CHECK(refused.error().detail.find("\"4\" was taken over as applied without a file") == 0);
    CHECK(scene.server.executed.empty());
    must(resolve(scene, "4", Resolution::accept_digest));
    CHECK(must(scene.rollback()).done_count == 1);
    CHECK(scene.server.executed == Names{"not another"});
}

TEST_CASE("an import of what this ledger has undone, and the tool has applied anew, is refused") {
    ImportScene scene{{"1"}};
    must(scene.import());
    must(scene.rollback());
    scene.table.rows[0][3] = "1767571300000000";
    const auto refused = scene.import();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "import-contradicts");
}

TEST_CASE("markers that an import left owed are written by the next command") {
    ImportScene scene{{"1"}};
    must(scene.import());
    scene.server.markers.clear();
    scene.server.order.clear();
    // As if MarkersWritten had never come: the import's events alone, in a ledger of its own.
    Scene crashed{{migration("1", "a"), migration("2", "b")}};
    crashed.server.facts = scene.server.facts;
    const auto records = must(read_records(scene.store, 0, 100));
    for (const auto& record : records)
        if (type_of(record.data) == "migration-adopted.1") {
            commands::Journal journal{crashed.store, crashed.clock, crashed.services.context,
                                      crashed.target.target, 0};
            must(journal.append({record.data}));
        }
    CHECK(must(crashed.run()).done_count == 1);
    CHECK(crashed.server.order.size() == 2);
}

}  // namespace import_test
