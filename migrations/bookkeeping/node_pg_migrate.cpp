// node-pg-migrate: pgmigrations(id, name, run_on). A name is the file's without its extension.
#include "migrations/bookkeeping/readers.hpp"
#include "migrations/layouts/names.hpp"
#include "migrations/layouts/reading.hpp"

#include <set>

namespace migrations::bookkeeping {

namespace {

std::string stem_of(std::string_view path) {
    const std::string_view name = layouts::base_name(path);
    return std::string{name.substr(0, name.rfind('.'))};
}

// Files by the rows' whole names, and the others by the timestamp alone: a file may have been given
// another name since. Two may have one timestamp, and the one's row is not the other's.
class ByRow {
public:
    explicit ByRow(const Telling& telling)
        : by_stem_{index_by(telling.folder(),
                            [](const Migration& each) { return stem_of(each.up.path); })},
          by_version_{
              index_by(telling.folder(), [](const Migration& each) { return each.version.text; })} {
        for (const RowView& row : rows_by(telling.table(), "id"))
            if (const Migration* named = find(by_stem_, row.text("name"))) taken_.insert(named);
    }

    const Migration* take(const std::string& name, const std::string& version) {
        if (const Migration* named = find(by_stem_, name)) return named;
        const Migration* dated = find(by_version_, version);
        return dated && taken_.insert(dated).second ? dated : nullptr;
    }

    // Whatever row it is taken by.
    [[nodiscard]] bool has(const ledger::Version& version) const {
        return find(by_version_, version.text) != nullptr;
    }

private:
    Index by_stem_;
    Index by_version_;
    std::set<const Migration*> taken_;
};

}  // namespace

void read_node_pg_migrate(Telling& telling) {
    ByRow files{telling};
    std::set<std::string> told;
    for (const RowView& row : rows_by(telling.table(), "id")) {
        const std::string name = row.text("name");
        const auto parsed = layouts::parse_single_name(name + ".sql");
        const Migration* migration = files.take(name, parsed ? parsed->version : name);
        if (migration && stem_of(migration->up.path) != name)
            telling.find(in_quotes(name) + " is " + migration->up.path +
                         " now: the file was given another name after it was applied");
        Entry entry =
            entry_of(migration, parsed ? parsed->version : name, parsed ? parsed->name : name);
        entry.recorded_version = name;
        entry.applied_at_us = row.number("run_on");
        const bool is_new = told.insert(name).second;
        if (!migration && is_new && (files.has(entry.version) || telling.has(entry.version)))
            telling.leave_over(name);
        else
            telling.adopt(std::move(entry));
    }
}

}  // namespace migrations::bookkeeping
