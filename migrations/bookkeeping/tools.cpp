#include "migrations/bookkeeping/tools.hpp"

#include "migrations/version.hpp"

#include <algorithm>

namespace migrations::bookkeeping {

namespace {

using ledger::Code;
using ledger::fail;

struct Match {
    const KnownTool* tool{};
    const TableShape* shape{};
};

bool contains(const std::vector<std::string_view>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_it(const KnownTable& known, const TableShape& shape) {
    if (known.marks_alone && shape.columns.size() != known.marks.size()) return false;
    return std::all_of(known.marks.begin(), known.marks.end(),
                       [&](std::string_view column) { return has_column(shape, column); });
}

std::string without_quotes(std::string said) {
    std::erase(said, '"');
    return said;
}

// "name" stands for it in any schema. Each name may stand in double quotes, as SQL has it.
bool is_said(const TableShape& shape, const std::string& said) {
    const auto is_one_of = [&](const std::string& name) {
        return name == shape.name || name == qualified(shape);
    };
    return is_one_of(said) || is_one_of(without_quotes(said));
}

std::vector<Match> matches_of(const std::vector<TableShape>& found, const Wanted& wanted) {
    std::vector<Match> matches;
    for (const TableShape& shape : found)
        for (const KnownTool& tool : known_tools()) {
            const bool named = wanted.table ? is_said(shape, *wanted.table)
                                            : contains(tool.table.names, shape.name);
            if (named && (!wanted.tool || *wanted.tool == tool.name) && is_it(tool.table, shape))
                matches.push_back({&tool, &shape});
        }
    return matches;
}

std::string listed(const std::vector<Match>& matches) {
    std::string text;
    for (const Match& match : matches)
        text += (text.empty() ? "" : ", ") + qualified(*match.shape) + " of " +
                std::string{match.tool->name};
    return text;
}

bool are_of_one_tool(const std::vector<Match>& matches) {
    return std::all_of(matches.begin(), matches.end(),
                       [&](const Match& match) { return match.tool == matches.front().tool; });
}

std::string tool_names() {
    std::string names;
    for (const KnownTool& tool : known_tools())
        names += (names.empty() ? "" : ", ") + std::string{tool.name};
    return names;
}

TableShape readable(const KnownTable& known, const TableShape& shape) {
    TableShape read{shape.schema, shape.name, {}};
    for (const std::string_view column : known.columns)
        if (has_column(shape, column)) read.columns.emplace_back(column);
    return read;
}

Choice chosen(const Match& match, const std::vector<TableShape>& found) {
    Choice choice{match.tool, {readable(match.tool->table, *match.shape)}};
    for (const KnownTable& companion : match.tool->companions)
        for (const TableShape& shape : found)
            if (shape.schema == match.shape->schema && contains(companion.names, shape.name) &&
                is_it(companion, shape))
                choice.tables.push_back(readable(companion, shape));
    return choice;
}

ledger::Error missing(const Wanted& wanted) {
    std::string what = wanted.tool ? "no table of " + *wanted.tool : "no known tool's table";
    if (wanted.table) what += " named \"" + *wanted.table + "\"";
    return {Code::refused, "import-table-missing", what + " is in this database",
            "say which table it is: --table SCHEMA.NAME, and whose: --from TOOL, one of " +
                tool_names()};
}

}  // namespace

namespace {

// Order of the members: name, layouts, the table {names, must have, read, ...}, further tables.
const std::vector<KnownTool> all_tools = {
    {"flyway",
     {"flyway"},
     {{"flyway_schema_history", "schema_version"},
      {"installed_rank", "version", "script", "checksum", "success"},
      {"installed_rank", "version", "description", "type", "script", "checksum", "installed_by",
       "installed_on", "execution_time", "success"},
      false},
     {}},
    {"golang-migrate",
     {"varve", "golang-migrate"},
     {{"schema_migrations"}, {"version", "dirty"}, {"version", "dirty"}, true},
     {}},
    {"drizzle",
     {"drizzle"},
     {{"__drizzle_migrations"},
      {"id", "hash", "created_at"},
      {"id", "hash", "created_at", "name", "applied_at"},
      false},
     {}},
    {"prisma",
     {"prisma"},
     {{"_prisma_migrations"},
      {"checksum", "migration_name", "finished_at", "rolled_back_at"},
      {"id", "checksum", "finished_at", "migration_name", "logs", "rolled_back_at", "started_at",
       "applied_steps_count"},
      false},
     {}},
    {"supabase",
     {"supabase"},
     {{"schema_migrations"}, {"version", "statements"}, {"version", "name", "created_by"}, false},
     {}},
    {"dbmate", {"dbmate"}, {{"schema_migrations"}, {"version"}, {"version"}, true}, {}},
    {"goose",
     {"goose"},
     {{"goose_db_version"},
      {"id", "version_id", "is_applied"},
      {"id", "version_id", "is_applied", "tstamp"},
      false},
     {}},
    {"diesel",
     {"diesel"},
     {{"__diesel_schema_migrations"}, {"version", "run_on"}, {"version", "run_on"}, true},
     {}},
    {"sqlx",
     {"sqlx"},
     {{"_sqlx_migrations"},
      {"version", "description", "success", "checksum"},
      {"version", "description", "installed_on", "success", "checksum", "execution_time"},
      false},
     {}},
    {"sqitch",
     {"sqitch"},
     {{"changes"},
      {"change_id", "change", "project", "committed_at", "planner_name"},
      {"change_id", "script_hash", "change", "project", "committed_at", "committer_name",
       "committer_email"},
      false},
     {{{"events"},
       {"event", "change_id", "change", "project", "committed_at"},
       {"event", "change_id", "change", "project", "committed_at", "committer_name"},
       false},
      {{"projects"}, {"project", "uri", "creator_name"}, {"project", "uri"}, false},
      {{"tags"},
       {"tag_id", "tag", "project", "change_id"},
       {"tag", "project", "change_id", "committed_at"},
       false}}},
    {"node-pg-migrate",
     {"node-pg-migrate"},
     {{"pgmigrations"}, {"id", "name", "run_on"}, {"id", "name", "run_on"}, true},
     {}},
};

}  // namespace

const std::vector<KnownTool>& known_tools() { return all_tools; }

const KnownTool* find_tool(std::string_view name) {
    for (const KnownTool& tool : known_tools())
        if (tool.name == name) return &tool;
    return nullptr;
}

std::vector<std::string> names_to_look_for(const Wanted& wanted) {
    std::vector<std::string> names;
    const auto add = [&](std::string_view name) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
    };
    if (wanted.table) {
        // Schema and name may have dots in them: what is after any dot may be the name.
        const std::string plain = without_quotes(*wanted.table);
        const std::string_view said = plain;
        add(*wanted.table);
        add(said);
        for (std::size_t dot = said.find('.'); dot != said.npos; dot = said.find('.', dot + 1))
            add(said.substr(dot + 1));
    }
    for (const KnownTool& tool : known_tools()) {
        if (!wanted.table)
            for (const std::string_view name : tool.table.names) add(name);
        for (const KnownTable& companion : tool.companions)
            for (const std::string_view name : companion.names) add(name);
    }
    return names;
}

bool tells_place(std::string_view tool, std::string_view version) {
    return tool != "drizzle" || !is_digits(version);
}

ledger::Result<Choice> choose(const std::vector<TableShape>& found, const Wanted& wanted,
                              std::string_view layout) {
    if (wanted.tool && !find_tool(*wanted.tool))
        return fail(Code::refused, "import-tool-unknown",
                    "\"" + *wanted.tool + "\" is no tool whose history can be imported",
                    "it is one of " + tool_names());
    auto matches = matches_of(found, wanted);
    if (matches.empty()) return fail(missing(wanted));
    if (matches.size() > 1) {
        std::vector<Match> own;
        for (const Match& match : matches)
            if (contains(match.tool->layouts, layout)) own.push_back(match);
        if (own.size() == 1) matches = std::move(own);
    }
    if (matches.size() == 1) return chosen(matches.front(), found);
    return fail(Code::refused, "import-ambiguous",
                std::string{are_of_one_tool(matches) ? "one tool has kept more than one history"
                                                     : "more than one tool has kept a history"} +
                    " here: " + listed(matches),
                are_of_one_tool(matches) ? "say which: --table SCHEMA.NAME"
                                         : "say which: --from TOOL, or --table SCHEMA.NAME");
}

}  // namespace migrations::bookkeeping
