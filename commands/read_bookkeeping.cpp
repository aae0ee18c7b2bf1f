#include "commands/read_bookkeeping.hpp"

#include "migrations/bookkeeping/search_path.hpp"
#include "migrations/bookkeeping/whose.hpp"

#include <utility>
#include <vector>

namespace commands {

using ledger::fail;
using ledger::Result;
using namespace migrations::bookkeeping;

namespace {

Result<History> read_choice(Bookkeeping& books, const Choice& choice, const Source& source) {
    std::vector<Table> tables;
    for (const TableShape& shape : choice.tables) {
        auto table = books.read_table(shape);
        if (!table) return fail(table.error());
        tables.push_back(std::move(*table));
    }
    return read_history(*choice.tool, tables, source);
}

// One that cannot be read may be anybody's, but where another is about the folder.
Result<std::vector<History>> read_choices(Bookkeeping& books, const std::vector<Choice>& choices,
                                          const Source& source) {
    std::vector<History> histories;
    std::optional<ledger::Error> unread;
    bool is_known = false;
    for (const Choice& choice : choices) {
        auto history = read_choice(books, choice, source);
        if (!history && history.error().code == ledger::Code::unavailable)
            return fail(history.error());
        if (!history) {
            unread = history.error();
            continue;
        }
        is_known = is_known || is_about_folder(*history);
        histories.push_back(std::move(*history));
    }
    if (unread && !is_known) return fail(*unread);
    return histories;
}

std::optional<TableShape> shape_of(const std::vector<Choice>& choices, const History& history) {
    for (const Choice& choice : choices)
        if (choice.tool->name == history.tool && qualified(choice.tables.front()) == history.table)
            return choice.tables.front();
    return std::nullopt;
}

}  // namespace

Result<History> read_bookkeeping(const OpenBookkeeping& open, const migrations::Folder& folder,
                                 const migrations::SourceTree& tree, const ImportOptions& options) {
    const auto opened = open();
    if (!opened) return fail(opened.error());
    Bookkeeping& books = **opened;
    const auto found = books.tables_named(names_to_look_for(options.wanted));
    if (!found) return fail(found.error());
    const auto choices = choose(*found, options.wanted, folder.layout);
    if (!choices) return fail(choices.error());
    const auto histories = read_choices(books, *choices, {folder, tree, options.unfinished});
    if (!histories) return fail(histories.error());
    const auto meant = whose(*histories, options.wanted);
    if (!meant) return fail(meant.error());
    History history = **meant;
    const auto schema = books.current_schema();
    if (!schema) return fail(schema.error());
    if (const auto shape = shape_of(*choices, history))
        if (auto finding = search_path_finding(*find_tool(history.tool), *shape, *schema))
            history.findings.push_back(std::move(*finding));
    return history;
}

}  // namespace commands
