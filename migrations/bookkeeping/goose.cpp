// goose: goose_db_version(id, version_id, is_applied, tstamp). A row for every time that a version
// went up; older releases add one with is_applied = false when it went down, newer ones delete.
#include "migrations/bookkeeping/readers.hpp"

namespace migrations::bookkeeping {

namespace {

struct Life {
    Entry entry;
    std::uint32_t up_count{};
    std::uint32_t down_count{};
    bool applied{};
    std::optional<std::int64_t> last_us;
};

void tell(Telling& telling, const std::string& version, Life& life) {
    if (life.up_count > 1)
        telling.find(in_quotes(version) + " was applied " + std::to_string(life.up_count) +
                     " times, and undone " + std::to_string(life.down_count) + " times between");
    if (life.applied) return telling.adopt(std::move(life.entry));
    telling.find(in_quotes(version) + " was undone" + on_day(life.last_us) +
                 " and is not applied, though it has a row");
}

}  // namespace

void read_goose(Telling& telling) {
    const Index index = index_by(telling.folder(), [](const Migration& migration) {
        return as_number(migration.version.text);
    });
    std::map<std::string, Life> lives;
    std::vector<std::string> order;
    for (const RowView& row : rows_by(telling.table(), "id")) {
        const std::string version = as_number(row.text("version_id"));
        if (version == "0") continue;  // goose's own first row
        Life& life = lives[version];
        std::erase(order, version);
        order.push_back(version);
        life.applied = row.is_true("is_applied");
        life.last_us = row.number("tstamp");
        ++(life.applied ? life.up_count : life.down_count);
        life.entry = entry_of(find(index, version), version);
        life.entry.applied_at_us = life.last_us;
    }
    for (const std::string& version : order) tell(telling, version, lives[version]);
}

}  // namespace migrations::bookkeeping
