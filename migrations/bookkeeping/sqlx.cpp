// sqlx: _sqlx_migrations(version, description, installed_on, success, checksum, execution_time).
// The checksum is the file's SHA-384; the time is in nanoseconds. `success` is false while a
// migration without a transaction runs, and stays so where it fails.
#include "migrations/bookkeeping/readers.hpp"

#include <algorithm>

namespace migrations::bookkeeping {

void read_sqlx(Telling& telling) {
    const Index index = index_by(telling.folder(), [](const Migration& migration) {
        return as_number(migration.version.text);
    });
    auto rows = rows_by(telling.table(), "version");
    std::stable_sort(rows.begin(), rows.end(), [](const RowView& one, const RowView& other) {
        return one.number("installed_on") < other.number("installed_on");
    });
    for (const RowView& row : rows) {
        const std::string version = row.text("version");
        Entry entry = entry_of(find(index, as_number(version)), version, row.text("description"));
        entry.recorded_checksum = row.cell("checksum");
        compare_checksum(telling, entry, sha384_hex);
        entry.applied_at_us = row.number("installed_on");
        constexpr std::int64_t ns_per_us = 1000;
        if (const auto elapsed = row.number("execution_time"); elapsed && *elapsed >= 0)
            entry.elapsed_us = static_cast<std::uint64_t>(*elapsed / ns_per_us);
        if (row.is_true("success"))
            telling.adopt(std::move(entry));
        else
            telling.leave_open(in_quotes(version) + " was begun" + on_day(entry.applied_at_us) +
                                   " and never finished (success is false)",
                               std::move(entry));
    }
}

}  // namespace migrations::bookkeeping
