// goose: goose_db_version(id, version_id, is_applied, tstamp). A row for every time that a version
// went up; older releases add one with is_applied = false when it went down, newer ones delete.
#include "migrations/bookkeeping/readers.hpp"

namespace migrations::bookkeeping {

namespace {

struct Course {
    Entry entry;
    std::uint32_t up_count{};
    std::uint32_t down_count{};
    bool applied{};
    std::optional<std::int64_t> last_us;
};

void tell(Telling& telling, const std::string& version, Course& course) {
    if (course.up_count > 1)
        telling.find(in_quotes(version) + " was applied " + std::to_string(course.up_count) +
                     " times, and undone " + std::to_string(course.down_count) + " times between");
    if (course.applied) return telling.adopt(std::move(course.entry));
    telling.find(in_quotes(version) + " was undone" + on_day(course.last_us) +
                 " and is not applied, though it has a row");
}

}  // namespace

void read_goose(Telling& telling) {
    const Index index = index_by(telling.folder(), [](const Migration& migration) {
        return as_number(migration.version.text);
    });
    std::map<std::string, Course> courses;
    std::vector<std::string> order;
    for (const RowView& row : rows_by(telling.table(), "id")) {
        const std::string version = as_number(row.text("version_id"));
        if (version == "0") continue;  // goose's own first row
        Course& course = courses[version];
        std::erase(order, version);
        order.push_back(version);
        course.applied = row.is_true("is_applied");
        course.last_us = row.number("tstamp");
        ++(course.applied ? course.up_count : course.down_count);
        course.entry = entry_of(find(index, version), version);
        course.entry.applied_at_us = course.last_us;
    }
    for (const std::string& version : order) tell(telling, version, courses[version]);
}

}  // namespace migrations::bookkeeping
