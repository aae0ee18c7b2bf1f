// migrations/bookkeeping/tools.hpp: which tools keep their history in which tables, and which of
// them has been at work in a database.
//
// Add     a tool: its line in known_tools(), a reader of its rows, a test.
// Errors  refused: "import-tool-unknown", "import-table-missing" (nothing of a tool is there, or
//         not what was said).
#pragma once

#include "ledger/result.hpp"
#include "migrations/bookkeeping/table.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::bookkeeping {

struct KnownTable {
    std::vector<std::string_view> names;    // the tool's default comes first
    std::vector<std::string_view> marks;    // columns by which it is known
    std::vector<std::string_view> columns;  // those that are read, where they are there
    bool marks_alone{};                     // a table with more columns is somebody else's
};

struct KnownTool {
    std::string_view name;
    std::vector<std::string_view> layouts;  // of folders that are its own
    KnownTable table;
    std::vector<KnownTable> companions;  // in the same schema, read where they are there
    bool is_imported{true};  // else its rows tell no more than whether it was at work here
};

[[nodiscard]] const std::vector<KnownTool>& known_tools();
[[nodiscard]] const KnownTool* find_tool(std::string_view name);
[[nodiscard]] const KnownTool* tool_of_layout(std::string_view layout);  // nullptr: nobody's

// Whether the version of what has no file tells its place among the folder's: Drizzle's older form
// keeps an instant, beside tags that count.
[[nodiscard]] bool tells_place(std::string_view tool, std::string_view version);

// What a person has said of where to look.
struct Wanted {
    std::optional<std::string> tool;
    std::optional<std::string> table;  // "name" or "schema.name"
    bool operator==(const Wanted&) const = default;
};

// The names of tables to look for: all of them, or the one that is wanted, with companions.
[[nodiscard]] std::vector<std::string> names_to_look_for(const Wanted& wanted);

struct Choice {
    const KnownTool* tool{};
    std::vector<TableShape> tables;  // the tool's table first; only the columns that are read
};

// Every table that may be meant, once: of a name that is nobody's, the folder's `layout` decides
// whose it is.
[[nodiscard]] ledger::Result<std::vector<Choice>> choose(const std::vector<TableShape>& found,
                                                         const Wanted& wanted,
                                                         std::string_view layout);

}  // namespace migrations::bookkeeping
