// dbmate: schema_migrations(version). Diesel: __diesel_schema_migrations(version, run_on), where a
// version is the folder's with its dashes left out. Supabase: schema_migrations(version,
// statements, name). None keeps a checksum, or anything of what was undone. Where the column holds
// numbers, as golang-migrate's predecessor made it, "1" is the file of 0001.
#include "migrations/bookkeeping/readers.hpp"
#include "migrations/version.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace migrations::bookkeeping {

namespace {

class ByVersion {
public:
    explicit ByVersion(const Folder& folder)
        : by_text_{index_by(folder, [](const Migration& each) { return each.version.text; })},
          by_number_{index_by(
              folder, [](const Migration& each) { return as_number(each.version.text); })} {}

    [[nodiscard]] const Migration* find(const std::string& version) const {
        const Migration* spelled_so = bookkeeping::find(by_text_, version);
        if (spelled_so || !is_digits(version)) return spelled_so;
        return bookkeeping::find(by_number_, as_number(version));
    }

private:
    Index by_text_;
    Index by_number_;
};

// What was applied in one transaction has one time: then the versions tell the order, numbers as
// such.
std::tuple<std::int64_t, std::size_t, std::string> place_of(const RowView& row) {
    constexpr auto last = std::numeric_limits<std::int64_t>::max();
    const std::string version = row.text("version");
    const std::int64_t time = row.number("run_on").value_or(last);
    if (!is_digits(version)) return {time, std::string::npos, version};
    const std::string number = as_number(version);
    return {time, number.size(), number};
}

}  // namespace

void read_versions(Telling& telling) {
    const ByVersion known{telling.folder()};
    std::vector<std::pair<std::string, RowView>> rows;
    for (const RowView& row : rows_by(telling.table(), "run_on"))
        rows.emplace_back(row.text("version"), row);
    std::stable_sort(rows.begin(), rows.end(), [](const auto& one, const auto& other) {
        return place_of(one.second) < place_of(other.second);
    });
    // Diesel's own setup, which is no migration of the folder's where its files are not there.
    constexpr std::string_view diesel_setup = "00000000000000";
    for (const auto& [version, row] : rows) {
        const Migration* migration = known.find(version);
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
