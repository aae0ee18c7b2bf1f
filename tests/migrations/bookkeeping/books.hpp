// tests/migrations/bookkeeping/books.hpp: another tool's table, written out, and read.
#pragma once

#include "migrations/bookkeeping/history.hpp"
#include "tests/migrations/folder_of.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tests {

using migrations::bookkeeping::Cell;
using migrations::bookkeeping::History;
using migrations::bookkeeping::Table;
using migrations::bookkeeping::UnfinishedAs;
using Cells = std::vector<std::vector<Cell>>;
using Files = std::map<std::string, std::string>;

inline Table table_of(const std::string& name, const std::vector<std::string>& columns,
                      const Cells& rows) {
    return {{"public", name, columns}, rows};
}

inline ledger::Result<History> try_history(const std::string& tool,
                                           const std::vector<Table>& tables, const Files& files,
                                           std::optional<UnfinishedAs> unfinished = {},
                                           const migrations::FolderSettings& settings = {}) {
    // Entries point into the folder, which outlives the test's look at them.
    static std::vector<std::unique_ptr<migrations::Folder>> kept;
    kept.push_back(std::make_unique<migrations::Folder>(folder_of(files, settings)));
    auto history =
        migrations::bookkeeping::read_history(*migrations::bookkeeping::find_tool(tool), tables,
                                              {*kept.back(), tree_of(files), unfinished});
    if (history && history->unfinished) return ledger::fail(*history->unfinished);
    return history;
}

inline History history_of(const std::string& tool, const Table& table, const Files& files,
                          std::optional<UnfinishedAs> unfinished = {}) {
    return try_history(tool, {table}, files, unfinished).value();
}

inline Texts applied(const History& history) {
    Texts versions;
    for (const auto& entry : history.entries) versions.push_back(entry.version.text);
    return versions;
}

inline bool tells(const History& history, const std::string& part) {
    return std::any_of(
        history.findings.begin(), history.findings.end(),
        [&](const std::string& finding) { return finding.find(part) != std::string::npos; });
}

}  // namespace tests
