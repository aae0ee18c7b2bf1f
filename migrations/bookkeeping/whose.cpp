#include "migrations/bookkeeping/whose.hpp"

#include <algorithm>

namespace migrations::bookkeeping {

namespace {

using ledger::Code;
using ledger::fail;

using Few = std::vector<const History*>;

template <class Test>
Few those(const Few& histories, Test test) {
    Few found;
    std::copy_if(histories.begin(), histories.end(), std::back_inserter(found), test);
    return found;
}

bool has_something(const History* history) {
    return !history->entries.empty() || history->unfinished;
}

bool is_of_own_tool(const History* history) { return history->is_of_layout; }

std::string named(const Few& histories) {
    std::string text;
    for (const History* history : histories)
        text += (text.empty() ? "" : ", ") + history->table + " of " + history->tool;
    return text;
}

ledger::Error ambiguous(const Few& histories) {
    const bool is_one_tool = std::all_of(histories.begin(), histories.end(), [&](const auto* each) {
        return each->tool == histories.front()->tool;
    });
    return {Code::refused, "import-ambiguous",
            std::string{is_one_tool ? "one tool has kept more than one history"
                                    : "more than one tool has kept a history"} +
                " here: " + named(histories),
            is_one_tool ? "say which: --table SCHEMA.NAME"
                        : "say which: --from TOOL, or --table SCHEMA.NAME"};
}

ledger::Error about_nothing(const Few& histories) {
    return {Code::refused, "import-table-missing",
            "no history that is here has a migration of this folder: " + named(histories),
            "where one of them is this folder's all the same: --table SCHEMA.NAME"};
}

}  // namespace

bool is_about_folder(const History& history) {
    return history.unfinished || std::any_of(history.entries.begin(), history.entries.end(),
                                             [](const Entry& entry) { return entry.migration; });
}

ledger::Result<const History*> whose(const std::vector<History>& histories, const Wanted& wanted) {
    Few all;
    for (const History& history : histories) all.push_back(&history);
    const bool is_said = wanted.tool || wanted.table;
    if (all.size() == 1 && (is_said || is_of_own_tool(all.front()) || has_something(all.front())))
        return all.front();
    const Few about = those(all, [](const History* each) { return is_about_folder(*each); });
    for (const Few& few : {about, those(about, is_of_own_tool)})
        if (few.size() == 1) return few.front();
    if (!about.empty()) return fail(ambiguous(about));
    const Few own = those(all, is_of_own_tool);
    const Few kept = those(own, has_something);
    if (own.size() == 1 || kept.size() == 1) return own.size() == 1 ? own.front() : kept.front();
    if (!own.empty() || is_said) return fail(ambiguous(own.empty() ? all : own));
    return fail(about_nothing(all));
}

}  // namespace migrations::bookkeeping
