#include "commands/fitting_rows.hpp"

#include "commands/test_bench.hpp"

namespace commands {

namespace {

// Of SQLSTATE classes 22 and 23: it is the values that do not suit what the script asks of them.
bool is_about_rows(const RehearsedScript& rehearsed) {
    const StatementFailure* failure = failure_in(rehearsed);
    return failure != nullptr &&
           (failure->sqlstate.starts_with("22") || failure->sqlstate.starts_with("23"));
}

// Of SQLSTATE class 42: nearly always with whatever rows it fails, and others would hide that. What
// makes names of values fails so, too.
bool is_about_names(const RehearsedScript& rehearsed) {
    const StatementFailure* failure = failure_in(rehearsed);
    return failure == nullptr || failure->sqlstate.starts_with("42");
}

}  // namespace

bool may_suit_others(TriedRows tried, const RehearsedScript& failed) {
    return tried == SampleStyle::varied ? !is_about_names(failed) : is_about_rows(failed);
}

std::string tried_text(TriedRows tried, const std::string& unsuited) {
    return std::string{tried ? "tested on plainer ones" : "tested without them"} +
           ", since others do not suit it: " + unsuited;
}

std::string fill_text(const std::vector<SampledTable>& tables, const AllRows& rows) {
    std::size_t filled = 0;
    for (const auto& [name, table] : rows) filled += table.row_count > 0 ? 1 : 0;
    std::string text = std::to_string(filled) + " of " + std::to_string(rows.size()) +
                       (rows.size() == 1 ? " table has rows" : " tables have rows");
    for (const SampledTable& table : tables)
        if (table.row_count == 0)
            text += "; " + table.table +
                    (table.has_own_rows ? " has the history's rows alone: "
                                        : " could not be filled: ") +
                    table.why_not;
    for (const SampledTable& table : tables)
        for (const std::string& column : table.without_value)
            text += "; " + table.table + "." + column + " has no value in them";
    for (const SampledTable& table : tables)
        for (const std::string& column : table.with_default)
            text += "; " + table.table + "." + column + " has only its default in them";
    return text;
}

}  // namespace commands
