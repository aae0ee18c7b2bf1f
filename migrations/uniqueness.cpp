#include "migrations/uniqueness.hpp"

#include "migrations/version.hpp"
#include "migrations/ways_back.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace migrations {

namespace {

std::string without_zeros(std::string_view digits) {
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    return digits.empty() ? "0" : std::string{digits};
}

Diagnostic duplicate(const Folder& folder, const Migration& migration, const Migration& other) {
    Diagnostic said{Severity::error, "duplicate-version",
                    "version " + migration.version.text + " is also that of " + other.up.path,
                    migration.up.path};
    auto named = way_back_help(folder, migration, other);
    said.help = {(named ? "else give one of " : "give one of ") + other.up.path + " and " +
                 migration.up.path + " a version of its own"};
    if (named) said.help.insert(said.help.begin(), *std::move(named));
    return said;
}

}  // namespace

std::string version_key(std::string_view version) {
    const std::size_t prefix = !version.empty() && version[0] == 'B' ? 1 : 0;
    if (version.find_first_not_of("0123456789.", prefix) != std::string_view::npos)
        return std::string{version};
    std::string key{version.substr(0, prefix)};
    std::string zeros;
    for (version.remove_prefix(prefix); !version.empty();) {
        const std::string part = without_zeros(leading_digits(version));
        version.remove_prefix(std::min(leading_digits(version).size() + 1, version.size()));
        zeros += part + ".";
        if (part == "0") continue;
        key += zeros;
        zeros.clear();
    }
    return key.size() == prefix ? key + zeros.substr(0, 2) : key;
}

void say_duplicates(Folder& folder) {
    std::unordered_map<std::string, const Migration*> seen;
    seen.reserve(folder.migrations.size());
    for (const Migration& migration : folder.migrations) {
        const auto [first, fresh] = seen.emplace(version_key(migration.version.text), &migration);
        if (fresh) continue;
        folder.diagnostics.push_back(duplicate(folder, migration, *first->second));
    }
}

}  // namespace migrations
