#include "commands/import.hpp"

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
    migrations::bookkeeping::Table table;
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
    scene.table.rows.push_back({"2", "2", "true", "1767571200000000"});
    CHECK(adopted(must(scene.import())) == Names{"2"});
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
