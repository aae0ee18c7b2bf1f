#include "commands/trigger_writes.hpp"

#include "migrations/sql/mentions.hpp"

#include <algorithm>

namespace commands {

namespace {

using migrations::sql::Mentions;

bool has_name(const Mentions& mentions, const std::string& name) {
    return std::ranges::any_of(mentions.names, [&](const migrations::sql::Mention& mention) {
        return std::ranges::find(mention.parts, name) != mention.parts.end();
    });
}

bool may_touch(const Mentions& script, const std::string& column) {
    return script.takes_whole_rows || has_name(script, column);
}

// Of "CREATE TRIGGER t BEFORE UPDATE ON public.a FOR EACH ROW EXECUTE FUNCTION public.touch()".
bool writes(const CatalogText& catalog, const std::string& trigger, const std::string& column) {
    constexpr std::string_view call = "EXECUTE FUNCTION ";
    const auto events = trigger.find(" BEFORE ");
    const auto table = trigger.find(" ON ", events);
    const auto function = trigger.find(call);
    if (events == std::string::npos || table == std::string::npos || function == std::string::npos)
        return false;
    const std::string happens = trigger.substr(events, table - events);
    if (happens.find("UPDATE") == std::string::npos && happens.find("INSERT") == std::string::npos)
        return false;
    const std::string called = trigger.substr(function + call.size());
    if (has_name(migrations::sql::read_mentions(called), column)) return true;
    const auto body = catalog.objects.find("function " + called.substr(0, called.find('(')) + "()");
    return body != catalog.objects.end() &&
           has_name(migrations::sql::read_mentions(body->second), column);
}

bool is_written(const UndoneScripts& undone, const std::string& table, const std::string& column) {
    const std::string prefix = "trigger " + table + ".";
    for (auto each = undone.before.objects.lower_bound(prefix);
         each != undone.before.objects.end() && each->first.starts_with(prefix); ++each) {
        const auto still = undone.after.objects.find(each->first);
        if (still != undone.after.objects.end() && still->second == each->second &&
            writes(undone.before, each->second, column))
            return true;
    }
    return false;
}

}  // namespace

std::vector<std::string> take_out_written(const UndoneScripts& undone, AllRows& before,
                                          AllRows& after) {
    std::vector<Mentions> scripts;
    for (const std::string& script : undone.scripts)
        scripts.push_back(migrations::sql::read_mentions(script));
    std::vector<std::string> told;
    const auto take_out = [&](const std::string& name, TableRows& was, TableRows& is) {
        const auto columns = was.columns;
        for (const auto& [column, checksum] : columns) {
            const auto found = is.columns.find(column);
            if (found == is.columns.end() || found->second == checksum) continue;
            if (std::ranges::any_of(scripts,
                                    [&](const auto& each) { return may_touch(each, column); }) ||
                !is_written(undone, name, column))
                continue;
            was.columns.erase(column);
            is.columns.erase(column);
            was.checksum.clear();  // of whole rows, which are others with that column
            is.checksum.clear();
            told.push_back("values of column " + column + " of " + name +
                           " are others than before: the table's own trigger writes them");
        }
    };
    for (auto& [name, rows] : before)
        if (const auto found = after.find(name);
            found != after.end() && found->second.row_count == rows.row_count)
            take_out(name, rows, found->second);
    return told;
}

}  // namespace commands
