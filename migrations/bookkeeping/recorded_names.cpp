// Tools that keep a row a migration with its file's name or its number: sql-migrate, pop, popx,
// morph, postgres-migrations, graphile-migrate, graphile-worker; and those whose own files are
// code, which are only held against the folder: Liquibase, Knex, Sequelize and the like.
#include "migrations/bookkeeping/readers.hpp"
#include "migrations/layouts/reading.hpp"
#include "migrations/version.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace migrations::bookkeeping {

namespace {

enum class Says {
    file,             // "001_a.sql", "001_a.js", "001_a"
    version,          // spelled as the folder's, or the same number
    number,           // that counts from 1, as everybody's does: in its own layout alone
    number_and_name,  // the same, but where the name agrees
    nothing,
};

struct Columns {
    std::string_view tool;
    Says says;
    std::string_view key;
    std::string_view time;
    std::string_view order;
    std::string_view name;
};

constexpr std::array recorded{
    Columns{"sql-migrate", Says::file, "id", "applied_at", "applied_at", ""},
    Columns{"pop", Says::version, "version", "", "version", ""},
    Columns{"popx", Says::version, "version", "", "version", ""},
    Columns{"morph", Says::number_and_name, "version", "", "version", "name"},
    Columns{"postgres-migrations", Says::number_and_name, "id", "executed_at", "id", "name"},
    Columns{"graphile-migrate", Says::file, "filename", "date", "date", ""},
    Columns{"graphile-worker", Says::number, "id", "ts", "id", ""},
    Columns{"liquibase", Says::file, "filename", "dateexecuted", "orderexecuted", ""},
    Columns{"alembic", Says::version, "version_num", "", "", ""},
    Columns{"django", Says::nothing, "app", "", "id", "name"},
    Columns{"knex", Says::file, "name", "migration_time", "id", ""},
    Columns{"typeorm", Says::version, "timestamp", "", "id", "name"},
    Columns{"sequelize", Says::file, "name", "", "", ""},
    Columns{"mikro-orm", Says::file, "name", "executed_at", "id", ""},
    Columns{"db-migrate", Says::file, "name", "run_on", "id", ""},
    Columns{"laravel", Says::file, "migration", "", "id", ""},
};

// Without its folder, its extension and its direction: "db/001_a.up.sql" is "001_a".
std::string bare_name(std::string_view path) {
    std::string_view name = layouts::base_name(path);
    for (const std::string_view end : {".sql", ".js", ".ts", ".cjs", ".mjs", ".php", ".xml", ".up"})
        if (name.ends_with(end)) name.remove_suffix(end.size());
    return std::string{name};
}

class ByName {
public:
    ByName(const Telling& telling, Says says)
        : says_{says},
          is_own_{telling.is_of_layout()},
          by_file_{index_by(telling.folder(),
                            [](const Migration& each) { return bare_name(each.up.path); })},
          by_text_{
              index_by(telling.folder(), [](const Migration& each) { return each.version.text; })},
          by_number_{index_by(telling.folder(),
                              [](const Migration& each) { return as_number(each.version.text); })} {
    }

    [[nodiscard]] const Migration* find(const std::string& key, const std::string& name) const {
        if (says_ == Says::nothing) return nullptr;
        if (says_ == Says::file) return bookkeeping::find(by_file_, bare_name(key));
        if (says_ == Says::number && !is_own_) return nullptr;
        const Migration* found = bookkeeping::find(by_text_, key);
        if (!found && is_digits(key)) found = bookkeeping::find(by_number_, as_number(key));
        const bool is_other = says_ == Says::number_and_name && !is_own_;
        return found && is_other && found->name != name ? nullptr : found;
    }

private:
    Says says_;
    bool is_own_;
    Index by_file_;
    Index by_text_;
    Index by_number_;
};

using Place = std::tuple<std::size_t, std::string, std::string>;

// Of numbers the shorter is the smaller, also where 64 bits do not hold it.
Place place_in(const RowView& row, const Columns& columns) {
    const std::string order = row.text(columns.order);
    return {is_digits(order) ? as_number(order).size() : std::string::npos,
            is_digits(order) ? as_number(order) : order, row.text(columns.key)};
}

std::string gone_version(const Columns& columns, const std::string& key, const std::string& name) {
    if (columns.says == Says::file) return bare_name(key);
    return columns.says == Says::nothing ? key + "." + name : key;
}

bool is_own_first_row(const Columns& columns, const std::string& key) {
    return columns.tool == "postgres-migrations" && key == "0";  // that makes the table
}

void read_rows_of(Telling& telling, const Columns& columns) {
    const ByName known{telling, columns.says};
    auto rows = rows_by(telling.table(), columns.order);
    std::stable_sort(rows.begin(), rows.end(), [&](const RowView& one, const RowView& other) {
        return place_in(one, columns) < place_in(other, columns);
    });
    for (const RowView& row : rows) {
        const std::string key = row.text(columns.key);
        const std::string name = row.text(columns.name);
        if (is_own_first_row(columns, key)) continue;
        const Migration* migration = known.find(key, name);
        // Liquibase has a row a changeset, and a file may hold several.
        if (columns.tool == "liquibase" && migration && telling.has(migration->version)) continue;
        Entry entry = entry_of(migration, gone_version(columns, key, name), name);
        entry.recorded_version = key;
        entry.applied_at_us = row.number(columns.time);
        telling.adopt(std::move(entry));
    }
}

}  // namespace

void read_names(Telling& telling) {
    for (const Columns& columns : recorded)
        if (columns.tool == telling.tool()) read_rows_of(telling, columns);
}

}  // namespace migrations::bookkeeping
