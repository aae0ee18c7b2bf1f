// golang-migrate: schema_migrations(version, dirty), one row: the newest version alone. `dirty` is
// set before a script runs, up or down, and cleared after it. tern: schema_version(version), the
// same without it.
#include "migrations/bookkeeping/readers.hpp"
#include "migrations/version.hpp"

namespace migrations::bookkeeping {

namespace {

// Everything up to the newest, in the folder's order; none of it was ever written down.
void presume(Telling& telling, const std::string& newest) {
    std::size_t count = 0;
    for (const Migration& migration : telling.folder().migrations) {
        if (compare_numbers(migration.version.text, newest) >= 0) continue;
        Entry entry = entry_of(&migration, migration.version.text);
        entry.recorded_version.reset();
        telling.adopt(std::move(entry));
        ++count;
    }
    if (count > 0)
        telling.find(telling.tool() + " keeps the newest version alone (" + newest + "): the " +
                     std::to_string(count) + " before it are presumed to be applied");
}

void tell(Telling& telling, const RowView& row) {
    const std::string version = row.text("version");
    if (version.starts_with('-')) {  // before the first: nothing is applied
        const auto& migrations = telling.folder().migrations;
        if (row.is_true("dirty") && !migrations.empty())
            telling.leave_open("undoing the first migration was never finished (dirty)",
                               entry_of(&migrations.front(), version));
        return;
    }
    presume(telling, version);
    const Index index = index_by(telling.folder(), [](const Migration& migration) {
        return as_number(migration.version.text);
    });
    Entry newest = entry_of(find(index, as_number(version)), version);
    if (!row.is_true("dirty")) return telling.adopt(std::move(newest));
    telling.leave_open(in_quotes(version) +
                           " is dirty: it, or undoing the one after it, was begun and never "
                           "finished, and part of it may be there",
                       std::move(newest));
}

// Many a program has such a table, and counts something else in it.
bool is_terns(const Telling& telling, const Index& folder, const std::string& version) {
    return telling.is_of_layout() || find(folder, as_number(version)) != nullptr;
}

}  // namespace

void read_golang_migrate(Telling& telling) {
    const auto rows = rows_by(telling.table(), "version");
    if (rows.size() > 1)
        telling.find("the table has " + std::to_string(rows.size()) +
                     " rows where golang-migrate keeps one: the newest version counts");
    if (!rows.empty()) tell(telling, rows.back());
}

void read_tern(Telling& telling) {
    const auto rows = rows_by(telling.table(), "version");
    if (rows.empty()) return;
    const std::string version = rows.back().text("version");
    if (as_number(version) == "0") return;  // nothing is applied
    const Index folder = index_by(telling.folder(), [](const Migration& migration) {
        return as_number(migration.version.text);
    });
    if (is_terns(telling, folder, version)) presume(telling, version);
    telling.adopt(entry_of(find(folder, as_number(version)), version));
}

}  // namespace migrations::bookkeeping
