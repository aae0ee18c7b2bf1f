// Hasura from version 2 on: hdb_catalog.hdb_version(version, cli_state), one row, whose state has
// {"migrations": {"DATABASE": {"VERSION": dirty}}}. The folder is that of one of the databases.
#include "migrations/bookkeeping/readers.hpp"
#include "migrations/version.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace migrations::bookkeeping {

namespace {

using Versions = std::vector<std::pair<std::string, bool>>;  // and whether it is dirty

Versions versions_in(const nlohmann::json& state) {
    Versions versions;
    if (!state.is_object()) return versions;
    for (const auto& [version, dirty] : state.items())
        if (is_digits(version))
            versions.emplace_back(version, dirty.is_boolean() && dirty.get<bool>());
    std::sort(versions.begin(), versions.end(), [](const auto& one, const auto& other) {
        return compare_numbers(one.first, other.first) < 0;
    });
    return versions;
}

std::ptrdiff_t known_count(const Versions& versions, const Index& folder) {
    return std::count_if(versions.begin(), versions.end(), [&](const auto& each) {
        return find(folder, as_number(each.first)) != nullptr;
    });
}

// Of several databases the one that has most of the folder's.
Versions most_known(const std::string& text, const Index& folder) {
    Versions best;
    const auto state = nlohmann::json::parse(text, nullptr, false);
    if (!state.is_object() || !state.contains("migrations")) return best;
    const auto& databases = state["migrations"];
    if (!databases.is_object()) return best;
    for (const auto& [name, said] : databases.items())
        if (Versions versions = versions_in(said);
            best.empty() || known_count(versions, folder) > known_count(best, folder))
            best = std::move(versions);
    return best;
}

}  // namespace

void read_hasura(Telling& telling) {
    const Index folder = index_by(telling.folder(), [](const Migration& migration) {
        return as_number(migration.version.text);
    });
    for (std::size_t index = 0; index < telling.table().rows.size(); ++index) {
        const RowView row{telling.table(), index};
        for (const auto& [version, is_dirty] : most_known(row.text("cli_state"), folder)) {
            Entry entry = entry_of(find(folder, as_number(version)), version);
            if (is_dirty && entry.migration)
                telling.leave_open(in_quotes(version) + " was begun and never finished (dirty)",
                                   std::move(entry));
            else if (!is_dirty)
                telling.adopt(std::move(entry));
        }
    }
}

}  // namespace migrations::bookkeeping
