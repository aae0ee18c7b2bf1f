// tests/commands/import_scene.hpp: a scene in which another tool has kept its history.
#pragma once

#include "commands/import.hpp"
#include "tests/commands/scene.hpp"

#include <memory>
#include <string>
#include <vector>

namespace import_test {

using namespace ledger;
using namespace tests;
using commands::ImportOptions;

using Names = std::vector<std::string>;

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

inline Names adopted(const commands::ImportPlan& plan) {
    Names versions;
    for (const auto& entry : plan.adoptions) versions.push_back(entry.version.text);
    return versions;
}

}  // namespace import_test
