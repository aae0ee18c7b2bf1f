// dbmate: schema_migrations(version). Diesel: __diesel_schema_migrations(version, run_on), where a
// version is the folder's with its dashes left out. Supabase: schema_migrations(version,
// statements, name). None keeps a checksum, or anything of what was undone.
#include "migrations/bookkeeping/readers.hpp"

#include <algorithm>

namespace migrations::bookkeeping {

void read_versions(Telling& telling) {
    const Index index = index_by(telling.folder(),
                                 [](const Migration& migration) { return migration.version.text; });
    std::vector<std::pair<std::string, RowView>> rows;
    for (const RowView& row : rows_by(telling.table(), "run_on"))
        rows.emplace_back(row.text("version"), row);
    if (!has_column(telling.table().shape, "run_on"))
        std::stable_sort(rows.begin(), rows.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
    // Diesel's own setup, which is no migration of the folder's where its files are not there.
    constexpr std::string_view diesel_setup = "00000000000000";
    for (const auto& [version, row] : rows) {
        const Migration* migration = find(index, version);
        if (!migration && version == diesel_setup) {
            telling.find("Diesel's own setup (" + version + ") has no file here, and is left out");
            continue;
        }
        Entry entry = entry_of(migration, version, row.text("name"));
        entry.applied_at_us = row.number("run_on");
        entry.applied_by = row.cell("created_by");
        telling.adopt(std::move(entry));
    }
}

}  // namespace migrations::bookkeeping
