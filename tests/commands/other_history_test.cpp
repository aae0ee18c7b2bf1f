#include "commands/other_history.hpp"

#include "commands/baseline.hpp"
#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace other_history_test {

using namespace ledger;
using namespace tests;
using migrations::bookkeeping::Entry;
using migrations::bookkeeping::History;

namespace {

History history_of(const migrations::Folder& folder) {
    History history;
    history.tool = "flyway";
    history.table = "public.flyway_schema_history";
    for (const auto& migration : folder.migrations) {
        Entry entry;
        entry.migration = &migration;
        entry.version = migration.version;
        history.entries.push_back(entry);
    }
    return history;
}

Result<commands::RunReport> run(Scene& scene, Result<History> history, bool despite = false) {
    commands::RunRequest request{scene.target, scene.folder, {}};
    request.options.despite_history = despite;
    request.other_history = [history = std::move(history)](const auto&) { return history; };
    return commands::run(scene.services, std::move(request));
}

}  // namespace

TEST_CASE("what another tool has applied is not applied again, but on a person's word") {
    Scene scene{{migration("1", "a")}};
    const auto refused = run(scene, history_of(*scene.folder));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "history-elsewhere");
    CHECK(refused.error().detail ==
          "flyway says in public.flyway_schema_history that it has applied 1 of these migrations, "
          "and this ledger knows nothing of it");
    CHECK(scene.server.executed.empty());
    CHECK(scene.types().back() == "run-refused");
    CHECK(must(run(scene, history_of(*scene.folder), true)).done_count == 1);
}

TEST_CASE("no history is asked for where no tool has a table") {
    Scene scene{{migration("1", "a")}};
    scene.server.has_other_tables = false;
    CHECK(must(run(scene, history_of(*scene.folder))).done_count == 1);
}

TEST_CASE("a history of other migrations, or none, stands in nobody's way") {
    Scene scene{{migration("1", "a")}};
    SECTION("other migrations") {
        History history = history_of(*scene.folder);
        history.entries[0].migration = nullptr;
        CHECK(must(run(scene, std::move(history))).done_count == 1);
    }
    SECTION("nothing was ever applied by it") {
        History history = history_of(*scene.folder);
        history.entries.clear();
        history.is_of_layout = true;
        CHECK(must(run(scene, std::move(history))).done_count == 1);
    }
    SECTION("none") {
        CHECK(must(run(scene, ledger::fail(Code::refused, "import-table-missing", "none")))
                  .done_count == 1);
    }
}

TEST_CASE("what another tool began and never finished stands in the way") {
    Scene scene{{migration("1", "a")}};
    History history;
    history.unfinished = Error{Code::in_doubt, "import-unfinished", "\"1\" is dirty", ""};
    const auto refused = run(scene, history);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "history-elsewhere");
}

TEST_CASE("where one tool has two histories, it is said how to take one of them over") {
    Scene scene{{migration("1", "a")}};
    const auto refused = run(scene, ledger::fail(Code::refused, "import-ambiguous", "two"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().help.find("varve import --table SCHEMA.NAME") != std::string::npos);
}

TEST_CASE("of a tool whose history is not imported, the help is a baseline up to its last") {
    Scene scene{{migration("1", "a"), migration("2", "b"), migration("3", "c")}};
    History history = history_of(*scene.folder);
    history.tool = "liquibase";
    history.entries.pop_back();
    const auto refused = run(scene, history);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "history-elsewhere");
    CHECK(refused.error().help.starts_with("take it over: varve baseline 2 --reason WHY"));
    for (auto& entry : history.entries) entry.migration = nullptr;
    const auto checked = must(commands::check_other_history(
        [&](const auto&) -> Result<History> { return history; }, {}, false));
    REQUIRE(checked);
    CHECK(checked->detail.starts_with("liquibase keeps a history in public.flyway_schema_history"));
}

TEST_CASE("a baseline that no file is at or below stands in nobody's way") {
    Scene scene{{migration("2", "a")}};
    History history = history_of(*scene.folder);
    history.entries[0].migration = nullptr;
    history.entries[0].is_baseline = true;
    history.is_of_layout = true;
    CHECK(must(run(scene, std::move(history))).done_count == 1);
}

TEST_CASE("a baseline is refused where another tool has a history, but on a person's word") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    commands::BaselineRequest request{scene.target, scene.folder, {"1"}};
    request.other_history = [&](const auto&) -> Result<History> {
        return history_of(*scene.folder);
    };
    const auto refused = commands::baseline(scene.services, request);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "history-elsewhere");
    CHECK(refused.error().detail ==
          "flyway says in public.flyway_schema_history that it has applied what is above this "
          "baseline, and would be applied again: 2");
    CHECK(scene.server.order.empty());
    request.despite_history = true;
    const auto report = must(commands::baseline(scene.services, request));
    CHECK(report.adopted == std::vector<Version>{{"1"}});
    CHECK(report.notes.at(0).starts_with("overridden: flyway says"));
}

TEST_CASE("a baseline is taken where the other tool has nothing above it that is the folder's") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    commands::BaselineRequest request{scene.target, scene.folder, {"1"}};
    request.other_history = [&](const auto&) -> Result<History> {
        History history = history_of(*scene.folder);
        history.is_of_layout = true;
        history.entries[1].migration = nullptr;
        return history;
    };
    CHECK(must(commands::baseline(scene.services, request)).notes.empty());
}

TEST_CASE("a history that cannot be read stands in the way, since nobody knows what it says") {
    Scene scene{{migration("1", "a")}};
    const Result<History> unread =
        ledger::fail(Code::refused, "permission-denied", "while reading public.versions: no");
    const auto refused = run(scene, unread);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "history-elsewhere");
    CHECK(refused.error().detail ==
          "another tool has kept its history here, and it cannot be told what it says: while "
          "reading public.versions: no");
    CHECK(scene.server.executed.empty());
    CHECK(must(run(scene, unread, true)).done_count == 1);
}

TEST_CASE("a target that goes away while it is asked is unreachable, and was refused by nobody") {
    Scene scene{{migration("1", "a")}};
    const auto lost = run(scene, ledger::fail(Code::unavailable, "connection-lost", "gone"));
    REQUIRE_FALSE(lost);
    CHECK(lost.error().reason == "connection-lost");
    CHECK(scene.server.executed.empty());
    const auto types = scene.types();
    CHECK(std::find(types.begin(), types.end(), "run-refused") == types.end());
}

TEST_CASE("the folder's own tool that has applied none of its files stands in the way") {
    Scene scene{{migration("1", "a")}};
    History history = history_of(*scene.folder);
    history.entries[0].migration = nullptr;
    history.is_of_layout = true;
    const auto refused = run(scene, std::move(history));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "history-elsewhere");
    CHECK(refused.error().detail ==
          "flyway says in public.flyway_schema_history that it has applied 1 migration, and the "
          "folder, which is in its layout, has none of them");
}

TEST_CASE("a target that this ledger has been at is not asked again") {
    Scene scene{{migration("1", "a", "undo")}};
    must(scene.run());
    must(scene.rollback());
    CHECK(must(run(scene, history_of(*scene.folder))).done_count == 1);
}

TEST_CASE("what was cancelled here, and another tool has applied since its import, is not run") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    projections::TargetState state;
    state.imported = projections::ImportedHistory{"flyway", "public.flyway_schema_history", {}};
    state.migrations[{"1"}].applied.emplace();
    state.migrations[{"2"}].attempts_count = 1;
    History history = history_of(*scene.folder);
    const auto checked = commands::check_other_history(
        [&](const auto&) -> Result<History> { return history; }, state, false);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().detail.ends_with("which count there as applied: 2"));
}

TEST_CASE("a table that was moved since it was imported is found by what it has") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    projections::TargetState state;
    state.imported = projections::ImportedHistory{"flyway", "public.flyway_schema_history", {}};
    auto& known = state.migrations[{"1"}];
    known.applied.emplace();
    known.imported = projections::ImportedRow{7, {}};
    History history = history_of(*scene.folder);
    history.table = "ops.flyway_schema_history";
    history.entries[0].applied_at_us = 7;
    const auto check = [&] {
        return commands::check_other_history(
            [&](const migrations::bookkeeping::Wanted& wanted) -> Result<History> {
                if (wanted.table) return ledger::fail(Code::refused, "import-table-missing", "");
                return history;
            },
            state, false);
    };
    REQUIRE_FALSE(check());
    CHECK(check().error().detail ==
          "since the history of flyway in ops.flyway_schema_history was imported, from "
          "public.flyway_schema_history, it has got more, which count there as applied: 2");
    SECTION("another program's is none of it") {
        history.entries[0].applied_at_us = 8;
        CHECK_FALSE(must(check()));
    }
}

}  // namespace other_history_test
