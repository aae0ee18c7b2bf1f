#include "migrations/bookkeeping/tools.hpp"

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

// A table of its tool's own name is that tool's; one of another name is the folder's tool's, or
// that of the first that it may be.
std::vector<Match> preferred(const std::vector<Match>& matches, std::string_view layout) {
    const auto rank = [&](const Match& match) {
        if (contains(match.tool->table.names, match.shape->name)) return 0;
        return contains(match.tool->layouts, layout) ? 1 : 2;
    };
    std::vector<Match> best;
    for (const Match& match : matches) {
        const auto same = std::find_if(
            best.begin(), best.end(), [&](const Match& each) { return each.shape == match.shape; });
        if (same == best.end())
            best.push_back(match);
        else if (rank(match) < rank(*same))
            *same = match;
    }
    return best;
}

std::string tool_names() {
    std::string names;
    for (const KnownTool& tool : known_tools())
        if (tool.is_imported) names += (names.empty() ? "" : ", ") + std::string{tool.name};
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

ledger::Result<std::vector<Choice>> choose(const std::vector<TableShape>& found,
                                           const Wanted& wanted, std::string_view layout) {
    if (wanted.tool && !find_tool(*wanted.tool))
        return fail(Code::refused, "import-tool-unknown",
                    "\"" + *wanted.tool + "\" is no tool whose history can be imported",
                    "it is one of " + tool_names() +
                        "; of any other: varve baseline V --reason "
                        "WHY counts everything up to V as applied");
    const auto matches = preferred(matches_of(found, wanted), layout);
    if (matches.empty()) return fail(missing(wanted));
    std::vector<Choice> choices;
    for (const Match& match : matches) choices.push_back(chosen(match, found));
    return choices;
}

}  // namespace migrations::bookkeeping
