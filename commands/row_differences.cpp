#include "commands/sample_rows.hpp"

namespace commands {

namespace {

using Sentences = std::vector<std::string>;

std::string rows_text(std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " row" : " rows");
}

void compare_table(const std::string& name, const TableRows& before, const TableRows& after,
                   Sentences& lost) {
    bool is_told = false;
    const auto tell = [&](std::string text) {
        lost.push_back(std::move(text));
        is_told = true;
    };
    if (after.row_count < before.row_count)
        return tell(rows_text(before.row_count - after.row_count) + " of " +
                    std::to_string(before.row_count) + " in " + name + " lost");
    if (after.row_count > before.row_count)
        return tell(rows_text(after.row_count - before.row_count) + " more in " + name);
    for (const auto& [column, checksum] : before.columns) {
        const auto found = after.columns.find(column);
        if (found == after.columns.end())
            tell("column " + column + " of " + name + " lost with the values in " +
                 rows_text(before.row_count));
        else if (found->second != checksum)
            tell("values of column " + column + " of " + name + " are others than before");
    }
    if (!is_told && before.columns.size() == after.columns.size() &&
        before.checksum != after.checksum)
        tell("rows of " + name + " are others than before");
}

}  // namespace

std::vector<std::string> fewer_rows(const AllRows& before, const AllRows& after,
                                    const std::set<std::string>& tables) {
    Sentences fewer;
    for (const std::string& name : tables) {
        const auto was = before.find(name);
        const auto is = after.find(name);
        if (was == before.end() || is == after.end()) continue;
        if (is->second.row_count > 0 && is->second.row_count < was->second.row_count)
            compare_table(name, was->second, is->second, fewer);
    }
    return fewer;
}

std::vector<std::string> lost_rows(const AllRows& before, const AllRows& after) {
    Sentences lost;
    for (const auto& [name, rows] : before) {
        if (rows.row_count == 0) continue;
        const auto found = after.find(name);
        if (found == after.end())
            lost.push_back("table " + name + " lost with " + rows_text(rows.row_count));
        else
            compare_table(name, rows, found->second, lost);
    }
    return lost;
}

}  // namespace commands
