#include "migrations/layouts/sourcegraph.hpp"

#include "migrations/layouts/folder_home.hpp"
#include "migrations/layouts/metadata.hpp"
#include "migrations/layouts/names.hpp"
#include "migrations/version.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace migrations::layouts {

namespace {

struct LessNumber {
    bool operator()(const std::string& left, const std::string& right) const {
        return compare_numbers(left, right) < 0;
    }
};

using ByNumber = std::map<std::string, Migration, LessNumber>;

void add_folder(Reading& reading, const LayoutFile& up, ByNumber& found) {
    const std::string folder{parent_of(up.name)};
    const auto name = parse_folder_name(base_name(folder));
    const LayoutFile* file = reading.find(folder + "/metadata.yaml");
    if (!name) return;
    if (!file) {
        reading.use(up);
        reading.refuse("file-missing", "there is no metadata.yaml beside it", up);
        return;
    }
    const SourcegraphMetadata metadata = read_sourcegraph_metadata(reading, *file);
    std::optional<sql::DeclaredMode> declared;
    if (metadata.creates_index_concurrently)
        declared = sql::DeclaredMode{TransactionMode::none, "createIndexConcurrently: true"};
    Migration migration;
    migration.version = {name->version};
    migration.name = metadata.name.empty() ? name->name : metadata.name;
    for (const std::string& parent : metadata.parents) migration.parents.push_back({parent});
    migration.up = reading.script(up, false, declared);
    if (const LayoutFile* down = reading.find(folder + "/down.sql"))
        migration.down = reading.script(*down, true);
    const auto [at, fresh] = found.emplace(name->version, std::move(migration));
    if (!fresh)
        reading.refuse("duplicate-version",
                       "version " + name->version + " is also that of " + at->second.up.path, up);
}

bool is_ready(const Migration& migration, const std::set<std::string>& done) {
    return std::all_of(migration.parents.begin(), migration.parents.end(),
                       [&](const ledger::Version& parent) { return done.contains(parent.text); });
}

void check_parents(Reading& reading, const ByNumber& found) {
    for (const auto& [number, migration] : found)
        for (const ledger::Version& parent : migration.parents)
            if (!found.contains(parent.text))
                reading.say(Severity::error, "parent-missing",
                            "its parent " + parent.text + " is not in the folder",
                            migration.up.path);
}

void add_in_order(Reading& reading, ByNumber found) {
    std::set<std::string> done;
    while (!found.empty()) {
        const auto next = std::find_if(found.begin(), found.end(), [&](const auto& each) {
            return is_ready(each.second, done);
        });
        const bool stuck = next == found.end();
        const auto chosen = stuck ? found.begin() : next;
        if (stuck)
            reading.say(Severity::error, "parents-in-a-circle", "no order satisfies its parents",
                        chosen->second.up.path);
        done.insert(chosen->first);
        reading.add(std::move(chosen->second));
        found.erase(chosen);
    }
}

}  // namespace

void read_sourcegraph(Reading& reading) {
    ByNumber found;
    for (const LayoutFile* up : in_one_home(reading, "up.sql")) add_folder(reading, *up, found);
    const std::size_t before = reading.diagnostic_count();
    check_parents(reading, found);
    if (reading.diagnostic_count() == before) add_in_order(reading, std::move(found));
}

}  // namespace migrations::layouts
