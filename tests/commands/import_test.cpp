#include "commands/import.hpp"

#include "migrations/bookkeeping/checksum.hpp"
#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

namespace import_test {

using namespace ledger;
using namespace tests;
using commands::ImportOptions;
using migrations::bookkeeping::UnfinishedAs;
using projections::State;

using Names = std::vector<std::string>;

namespace {

class FakeBooks final : public commands::Bookkeeping {
public:
    explicit FakeBooks(const migrations::bookkeeping::Table& table) : table_{table} {}
    Result<std::vector<migrations::bookkeeping::TableShape>> tables_named(
        const std::vector<std::string>&) override {
        return std::vector{table_.shape};
    }
    Result<migrations::bookkeeping::Table> read_table(
        const migrations::bookkeeping::TableShape&) override {
        return table_;
    }
    Result<std::string> current_schema() override { return std::string{"public"}; }

private:
    const migrations::bookkeeping::Table& table_;
};

// Three migrations, of which goose has applied those versions.
struct ImportScene : Scene {
    explicit ImportScene(const Names& applied)
        : Scene{{migration("1", "a", "not a"), migration("2", "b"), migration("3", "c")}} {
        table.shape = {"public", "goose_db_version", {"id", "version_id", "is_applied", "tstamp"}};
        for (const std::string& version : applied)
            table.rows.push_back({version, version, "true", "1767571200000000"});
    }
    Result<commands::ImportPlan> import(const ImportOptions& options = {}) {
        return commands::import_history(
            services, {target, folder, std::make_shared<migrations::SourceTree>(),
                       [this]() -> Result<std::unique_ptr<commands::Bookkeeping>> {
                           return std::make_unique<FakeBooks>(table);
                       },
                       options});
    }
    Result<commands::RunReport> run_asking(bool despite = false) {
        commands::RunRequest request{target, folder, {}};
        request.options.despite_history = despite;
        request.other_history = [this](const migrations::bookkeeping::Wanted& wanted) {
            asked.push_back(wanted.table.value_or("any"));
            return commands::read_bookkeeping(
                [this]() -> Result<std::unique_ptr<commands::Bookkeeping>> {
                    return std::make_unique<FakeBooks>(table);
                },
                *folder, {}, {wanted, std::nullopt, false});
        };
        return commands::run(services, std::move(request));
    }
    void row(const std::string& version) {
        table.rows.push_back({version, version, "true", "1767571200000000"});
    }
    migrations::bookkeeping::Table table;
    Names asked;  // for which tables
};

// golang-migrate has begun the first of two, and not finished it.
struct DirtyScene : ImportScene {
    DirtyScene() : ImportScene{{}} {
        table.shape = {"public", "schema_migrations", {"version", "dirty"}};
        table.rows = {{"1", "true"}};
    }
    static ImportOptions said(UnfinishedAs as) { return {{}, as, false}; }
};

Names adopted(const commands::ImportPlan& plan) {
    Names versions;
    for (const auto& entry : plan.adoptions) versions.push_back(entry.version.text);
    return versions;
}

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

TEST_CASE("an import of what this ledger has undone is refused") {
    ImportScene scene{{"1"}};
    must(scene.import());
    must(scene.rollback());
    const auto refused = scene.import();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "import-contradicts");
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
