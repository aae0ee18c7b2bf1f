// Atlas: atlas_schema_revisions(version, description, type, applied, total, executed_at,
// execution_time, error, ...). A row a file; `applied` of its `total` statements are done. Type 1
// is a baseline, at or below which every file counts as applied; the time is in nanoseconds.
#include "migrations/bookkeeping/readers.hpp"
#include "migrations/version.hpp"

namespace migrations::bookkeeping {

namespace {

constexpr std::int64_t baseline_type = 1;

bool is_whole(const RowView& row) {
    return row.text("error").empty() &&
           row.number("applied").value_or(0) >= row.number("total").value_or(0);
}

void presume_below(Telling& telling, const std::string& baseline) {
    for (const Migration& migration : telling.folder().migrations) {
        if (!is_digits(baseline) || compare_numbers(migration.version.text, baseline) >= 0) break;
        Entry entry = entry_of(&migration, migration.version.text);
        entry.recorded_version.reset();
        telling.adopt(std::move(entry));
    }
}

void tell_revision(Telling& telling, const RowView& row, const Migration* migration) {
    const std::string version = row.text("version");
    Entry entry = entry_of(migration, version, row.text("description"));
    entry.applied_at_us = row.number("executed_at");
    constexpr std::int64_t ns_per_us = 1000;
    if (const auto elapsed = row.number("execution_time"); elapsed && *elapsed >= 0)
        entry.elapsed_us = static_cast<std::uint64_t>(*elapsed / ns_per_us);
    const bool is_baseline = row.number("type") == baseline_type;
    if (is_baseline) {
        presume_below(telling, version);
        entry.is_baseline = migration == nullptr;
        telling.find("Atlas was given " + in_quotes(version) +
                     " as its baseline: what is at or below it is presumed to be applied");
    }
    if (is_whole(row)) return telling.adopt(std::move(entry));
    const std::string sentence = in_quotes(version) + " stopped after " +
                                 std::to_string(row.number("applied").value_or(0)) + " of " +
                                 std::to_string(row.number("total").value_or(0)) +
                                 " statements: part of it may be there";
    if (migration) return telling.leave_open(sentence, std::move(entry));
    telling.find(sentence + "; its file is gone, and it is left out");
}

}  // namespace

void read_atlas(Telling& telling) {
    const Index by_version = index_by(
        telling.folder(), [](const Migration& migration) { return migration.version.text; });
    for (const RowView& row : rows_by(telling.table(), "version"))
        if (const std::string version = row.text("version"); !version.starts_with('.'))
            tell_revision(telling, row, find(by_version, version));
}

}  // namespace migrations::bookkeeping
