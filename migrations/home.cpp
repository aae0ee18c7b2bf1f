#include "migrations/home.hpp"

#include "migrations/layouts/flyway.hpp"
#include "migrations/layouts/names.hpp"
#include "migrations/layouts/reading.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace migrations {

namespace {

using layouts::base_name;
using layouts::parent_of;

constexpr std::array markers = {"sqitch.plan", "sqitch.conf", "meta/_journal.json",
                                "migration_lock.toml"};
constexpr std::array postgres_names = {"postgres", "postgresql", "pg", "psql"};
constexpr std::array other_names = {"mysql",       "mariadb", "sqlite",   "sqlite3",    "h2",
                                    "hsqldb",      "derby",   "oracle",   "mssql",      "db2",
                                    "sqlserver",   "spanner", "informix", "clickhouse", "tidb",
                                    "cockroachdb", "sybase",  "saphana",  "redshift",   "firebird"};

template <class Names>
bool contains(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_marker(std::string_view name) { return contains(markers, name); }

// VERSION_name/up.sql, VERSION_name/migration.sql, committed/000001.sql
bool is_in_migration_folder(std::string_view name) {
    const std::string_view folder = parent_of(name);
    if (folder.empty() || folder.find('/') != std::string_view::npos) return false;
    if (folder == "committed") return true;
    const std::string_view file = base_name(name);
    return (file == "up.sql" || file == "migration.sql" || file == "down.sql") &&
           (layouts::parse_folder_name(folder).has_value() || file == "migration.sql");
}

bool is_home_at(const SourceTree& tree, const std::string& prefix) {
    for (auto at = tree.files.lower_bound(prefix);
         at != tree.files.end() && at->first.compare(0, prefix.size(), prefix) == 0; ++at) {
        const std::string_view name = std::string_view{at->first}.substr(prefix.size());
        const bool top_sql = name.find('/') == std::string_view::npos && name.ends_with(".sql");
        if (top_sql || is_marker(name) || is_in_migration_folder(name)) return true;
    }
    return false;
}

std::set<std::string> children_with_sql(const SourceTree& tree, const std::string& prefix) {
    std::set<std::string> children;
    for (const auto& [path, file] : tree.files) {
        if (path.compare(0, prefix.size(), prefix) != 0 || !path.ends_with(".sql")) continue;
        const std::size_t slash = path.find('/', prefix.size());
        if (slash != std::string::npos)
            children.insert(path.substr(prefix.size(), slash - prefix.size()));
    }
    return children;
}

bool has_flyway_file(const SourceTree& tree, const std::string& prefix) {
    return std::any_of(tree.files.begin(), tree.files.end(), [&](const auto& each) {
        return each.first.compare(0, prefix.size(), prefix) == 0 &&
               layouts::is_flyway_name(base_name(each.first));
    });
}

// Whether Flyway would find more beside the folder that is named for PostgreSQL.
bool is_shared(const SourceTree& tree, const std::string& prefix,
               const std::set<std::string>& children) {
    return std::any_of(children.begin(), children.end(), [&](const std::string& child) {
        return !contains(postgres_names, child) && !contains(other_names, child) &&
               has_flyway_file(tree, prefix + child + "/");
    });
}

}  // namespace

std::string find_home(const SourceTree& tree) {
    std::string prefix;
    while (!is_home_at(tree, prefix)) {
        const auto children = children_with_sql(tree, prefix);
        std::string chosen = children.size() == 1 ? *children.begin() : std::string{};
        for (const std::string_view name : postgres_names)
            if (chosen.empty() && children.contains(std::string{name})) chosen = name;
        if (chosen.empty()) return {};
        if (children.size() > 1 && is_shared(tree, prefix, children)) break;
        prefix += chosen + "/";
    }
    return prefix;
}

std::vector<std::string> folders_of_other_databases(const SourceTree& tree,
                                                    const std::string& home) {
    std::vector<std::string> folders;
    const auto children = children_with_sql(tree, home);
    if (std::none_of(children.begin(), children.end(),
                     [](const std::string& child) { return contains(postgres_names, child); }))
        return folders;
    for (const std::string& child : children)
        if (contains(other_names, child)) folders.push_back(home + child + "/");
    return folders;
}

std::vector<std::string> folders_with_sql(const SourceTree& tree) {
    std::set<std::string> folders;
    for (const auto& [path, file] : tree.files)
        if (path.ends_with(".sql") && !parent_of(path).empty())
            folders.insert(std::string{parent_of(path)});
    return {folders.begin(), folders.end()};
}

}  // namespace migrations
