#include "commands/import.hpp"

#include "migrations/bookkeeping/checksum.hpp"
#include "tests/commands/import_scene.hpp"

#include <catch2/catch.hpp>

namespace import_test {

using migrations::bookkeeping::UnfinishedAs;
using projections::State;

namespace {

// golang-migrate has begun the first of two, and not finished it.
struct DirtyScene : ImportScene {
    DirtyScene() : ImportScene{{}} {
        table.shape = {"public", "schema_migrations", {"version", "dirty"}};
        table.rows = {{"1", "true"}};
    }
    static ImportOptions said(UnfinishedAs as) { return {{}, as, false}; }
};

}  // namespace

TEST_CASE("import records what another tool has applied, and a run goes on from there") {
    ImportScene scene{{"1", "2"}};
    const auto plan = must(scene.import());
    CHECK(adopted(plan) == Names{"1", "2"});
    CHECK(scene.types() == Names{"migration-registered", "migration-registered",
                                 "target-registered", "history-imported", "migration-adopted",
                                 "migration-adopted", "markers-written"});
    CHECK(scene.state().migrations.at({"1"}).state == State::applied);
    CHECK(scene.server.order.size() == 2);
    CHECK(must(scene.run()).done_count == 1);
    CHECK(scene.server.executed == Names{"c"});
}

TEST_CASE("a baseline without a file comes first, or not at all") {
    migrations::bookkeeping::History history;
    migrations::bookkeeping::Entry baseline;
    baseline.version = {"0"};
    baseline.is_baseline = true;
    history.entries = {baseline};
    CHECK(adopted(commands::plan_import(history, {}, {})) == Names{"0"});
    ImportScene scene{{"1"}};
    must(scene.import());
    const auto late = commands::plan_import(history, scene.state(), {});
    CHECK(late.adoptions.empty());
    CHECK(late.history.findings ==
          Names{"\"0\", which has no file, is left out: what is applied here came after it, and it "
                "would count as the newest"});
}

TEST_CASE("what a person says of something unfinished is kept where nothing is taken over") {
    DirtyScene scene;
    CHECK(scene.run_asking().error().reason == "history-elsewhere");
    const auto plan = must(scene.import(DirtyScene::said(UnfinishedAs::unapplied)));
    CHECK(plan.adoptions.empty());
    CHECK(plan.is_decision);
    CHECK(scene.types().back() == "history-imported");
    CHECK_FALSE(must(scene.import(DirtyScene::said(UnfinishedAs::unapplied))).is_decision);
    CHECK(must(scene.run_asking()).done_count == 3);
}

TEST_CASE(
    "what was never finished counts as applied by a person's decision, not by the tool's word") {
    ImportScene scene{{}};
    scene.table.shape = {
        "public",
        "_sqlx_migrations",
        {"version", "description", "installed_on", "success", "checksum", "execution_time"}};
    scene.table.rows = {{"2", "b", "1767571200000000", "false", "", "1"}};
    const ImportOptions said{{}, UnfinishedAs::applied, true};
    must(scene.import(said));
    CHECK(scene.types() == Names{"migration-registered", "target-registered", "history-imported",
                                 "difference-resolved", "migration-adopted", "markers-written"});
    const auto records = must(read_records(scene.store, 0, 100));
    const auto& decision = std::get<DifferenceResolved>(records[3].data);
    const auto& adopted = std::get<MigrationAdopted>(records[4].data);
    CHECK(decision.kind == DifferenceKind::in_doubt);
    CHECK(decision.resolution == Resolution::mark_applied);
    CHECK(decision.version.text == "2");
    CHECK(decision.digest == adopted.digest);
    CHECK(decision.attempt == adopted.attempt);
    CHECK_THAT(decision.detail, Catch::StartsWith("\"2\" "));
    CHECK_FALSE(adopted.applied_at_us);
    CHECK_FALSE(adopted.elapsed_us);
    CHECK(scene.state().migrations.at({"2"}).state == State::applied);
    CHECK(scene.server.order.size() == 1);
    CHECK(must(scene.import(said)).adoptions.empty());
}

TEST_CASE("what was left unfinished since an import stands in the way until it is decided") {
    DirtyScene scene;
    scene.table.rows = {{"1", "false"}};
    must(scene.import());
    scene.table.rows = {{"1", "true"}};  // undoing the second, say
    CHECK(scene.run_asking().error().reason == "history-elsewhere");
    const auto plan = must(scene.import(DirtyScene::said(UnfinishedAs::applied)));
    CHECK(plan.is_decision);
    CHECK(must(scene.run_asking()).done_count == 2);
}

TEST_CASE("something unfinished refuses an import, and what else would be taken over is shown") {
    ImportScene scene{{}};
    scene.table.shape = {
        "public",
        "_sqlx_migrations",
        {"version", "description", "installed_on", "success", "checksum", "execution_time"}};
    scene.table.rows = {{"1", "a", "1767571200000000", "true", "00", "1"},
                        {"2", "b", "1767571200000000", "false", "00", "1"}};
    for (auto& row : scene.table.rows)
        row[4] = migrations::bookkeeping::sha384_hex(
            scene.folder->migrations[row[0] == "1" ? 0 : 1].up.bytes);
    CHECK(scene.import().error().reason == "import-unfinished");
    CHECK(scene.size() == 0);
    const auto history = must(commands::read_bookkeeping(
        [&]() -> Result<std::unique_ptr<commands::Bookkeeping>> {
            return std::make_unique<FakeBooks>(scene.table);
        },
        *scene.folder, {}, {}));
    const auto plan = commands::plan_import(history, {}, {});
    CHECK(adopted(plan) == Names{"1"});
    REQUIRE(plan.refused);
    CHECK(plan.refused->reason == "import-unfinished");
}

TEST_CASE("a file older than the newest applied is told by an import, where it is pending") {
    ImportScene scene{{"1", "3"}};
    SECTION("nobody has applied it") {
        CHECK(must(scene.import()).history.findings ==
              Names{"older than the newest applied, and never applied: 2; pending, and out of "
                    "order"});
    }
    SECTION("this ledger has") {
        const auto row = scene.table.rows.back();
        scene.table.rows.pop_back();
        must(scene.import());
        scene.folder->migrations.pop_back();
        must(scene.run_asking());
        scene.folder->migrations.push_back(migration("3", "c"));
        scene.table.rows.push_back(row);
        const auto plan = must(scene.import());
        CHECK(adopted(plan) == Names{"3"});
        CHECK(plan.history.findings.empty());
    }
}

TEST_CASE("an import is one append, however many migrations it takes over") {
    Names versions;
    for (int version = 1'000; version < 1'400; ++version)
        versions.push_back(std::to_string(version));
    ImportScene scene{versions};
    must(scene.import());
    std::size_t count = 0;
    for (const auto& record : must(read_records(scene.store, 0, 1'000))) {
        if (!std::holds_alternative<MigrationAdopted>(record.data)) continue;
        ++count;
        CHECK(record.batch_length == 402);  // with the target's registration, and HistoryImported
    }
    CHECK(count == 400);
    CHECK_FALSE(scene.state().cut_off);
}

TEST_CASE("a run that failed where another tool had been first stands in no import's way") {
    ImportScene scene{{"1"}};
    scene.folder->migrations[0] = migration("1", "fail");
    must(scene.run());
    CHECK(scene.state().migrations.at({"1"}).state == State::failed);
    CHECK(adopted(must(scene.import())) == Names{"1"});
}

TEST_CASE("an applied migration without a file stays applied, and no run complains") {
    ImportScene scene{{"0000", "9"}};
    const auto plan = must(scene.import());
    CHECK(adopted(plan) == Names{"9"});
    commands::RunOptions late;
    late.out_of_order = true;
    CHECK(must(scene.run(late)).done_count == 3);
}

TEST_CASE("findings that are too many for an event are cut, and the rows keep them all") {
    Names versions;
    for (int version = 1'000; version < 1'400; ++version)
        versions.push_back(std::to_string(version));
    ImportScene scene{versions};
    for (auto& row : scene.table.rows) row[2] = "false";
    scene.table.rows.push_back({"9999", "1", "true", "1767571200000000"});
    must(scene.import());
    for (const auto& record : must(read_records(scene.store, 0, 100)))
        if (const auto* event = std::get_if<HistoryImported>(&record.data)) {
            CHECK(event->row_count == 401);
            CHECK(event->findings.size() < 200);
            CHECK(event->findings.back().find("more, which the rows show") != std::string::npos);
        }
}

}  // namespace import_test
