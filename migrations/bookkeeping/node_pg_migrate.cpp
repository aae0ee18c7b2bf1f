// node-pg-migrate: pgmigrations(id, name, run_on). A name is the file's without its extension.
#include "migrations/bookkeeping/readers.hpp"
#include "migrations/layouts/names.hpp"
#include "migrations/layouts/reading.hpp"

namespace migrations::bookkeeping {

namespace {

std::string stem_of(std::string_view path) {
    const std::string_view name = layouts::base_name(path);
    return std::string{name.substr(0, name.rfind('.'))};
}

}  // namespace

void read_node_pg_migrate(Telling& telling) {
    const Index by_stem = index_by(
        telling.folder(), [](const Migration& migration) { return stem_of(migration.up.path); });
    const Index by_version = index_by(
        telling.folder(), [](const Migration& migration) { return migration.version.text; });
    for (const RowView& row : rows_by(telling.table(), "id")) {
        const std::string name = row.text("name");
        const auto parsed = layouts::parse_single_name(name + ".sql");
        const Migration* migration = find(by_stem, name);
        if (!migration && parsed) migration = find(by_version, parsed->version);
        if (migration && stem_of(migration->up.path) != name)
            telling.find(in_quotes(name) + " is " + migration->up.path +
                         " now: the file was given another name after it was applied");
        Entry entry =
            entry_of(migration, parsed ? parsed->version : name, parsed ? parsed->name : name);
        entry.recorded_version = name;
        entry.applied_at_us = row.number("run_on");
        telling.adopt(std::move(entry));
    }
}

}  // namespace migrations::bookkeeping
