// The Sourcegraph migrator: migration_logs(id, schema, version, up, success, started_at,
// finished_at, ...). A row for every time that a version went up or down; one table may tell of
// several schemas, each of which has a folder of its own.
#include "migrations/bookkeeping/readers.hpp"

#include <algorithm>

namespace migrations::bookkeeping {

namespace {

// That has most of the folder's versions; in its own layout the first where none has.
std::string schema_of(const std::vector<RowView>& rows, const Index& folder) {
    std::map<std::string, std::size_t> known;
    for (const RowView& row : rows)
        known[row.text("schema")] +=
            find(folder, as_number(row.text("version"))) != nullptr ? 1 : 0;
    const auto most = std::max_element(
        known.begin(), known.end(),
        [](const auto& one, const auto& other) { return one.second < other.second; });
    return most == known.end() ? std::string{} : most->first;
}

void tell_last(Telling& telling, const RowView& row, const Migration* migration) {
    const std::string version = row.text("version");
    Entry entry = entry_of(migration, version);
    const auto finished = row.number("finished_at");
    entry.applied_at_us = finished;
    const bool is_up = row.is_true("up");
    if (row.is_true("success")) {
        if (is_up) return telling.adopt(std::move(entry));
        return telling.find(in_quotes(version) + " was undone" + on_day(finished) +
                            " and is not applied, though it has a row");
    }
    const std::string sentence =
        (is_up ? "" : "undoing ") + in_quotes(version) +
        (finished ? " failed" + on_day(finished) : std::string{" was begun and never finished"}) +
        ": part of it may be there";
    if (migration) return telling.leave_open(sentence, std::move(entry));
    telling.find(sentence);
}

}  // namespace

void read_sourcegraph(Telling& telling) {
    const Index folder = index_by(telling.folder(), [](const Migration& migration) {
        return as_number(migration.version.text);
    });
    const auto rows = rows_by(telling.table(), "id");
    const std::string schema = schema_of(rows, folder);
    std::vector<RowView> last;
    for (const RowView& row : rows) {
        if (row.text("schema") != schema) continue;
        std::erase_if(
            last, [&](const RowView& each) { return each.text("version") == row.text("version"); });
        last.push_back(row);
    }
    for (const RowView& row : last)
        tell_last(telling, row, find(folder, as_number(row.text("version"))));
}

}  // namespace migrations::bookkeeping
