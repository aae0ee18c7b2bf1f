#include "migrations/encoding.hpp"
#include "migrations/layouts/dbmate.hpp"
#include "migrations/layouts/flyway.hpp"
#include "migrations/layouts/goose.hpp"
#include "migrations/layouts/layout.hpp"
#include "migrations/layouts/names.hpp"
#include "migrations/layouts/two_way.hpp"
#include "migrations/sql/lexer.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace migrations::layouts {

namespace {

using Files = std::vector<LayoutFile>;
using Name = std::optional<std::string_view>;

template <class Test>
bool any(const Files& files, Test test) {
    return std::any_of(files.begin(), files.end(), test);
}

bool has(const Files& files, std::string_view name) {
    return any(files, [&](const LayoutFile& file) { return file.name == name; });
}

bool is_top_sql(const LayoutFile& file) {
    return file.name.ends_with(".sql") && file.name.find('/') == std::string::npos;
}

using TestLine = bool (*)(std::string_view);

bool any_line(const LayoutFile& file, TestLine test) {
    bool found = false;
    for_each_line(
        without_byte_order_mark(file.bytes()),
        [&](std::string_view line, std::size_t, std::uint32_t) { found = found || test(line); });
    return found;
}

// Those that may hold a directive of some tool: all of these begin a line with "--".
std::vector<const LayoutFile*> with_comments(const Files& files) {
    std::vector<const LayoutFile*> found;
    for (const LayoutFile& file : files)
        if (is_top_sql(file) && file.bytes().find("--") != std::string::npos)
            found.push_back(&file);
    return found;
}

bool has_text(const Files& files, std::string_view text) {
    return any(files, [&](const LayoutFile& file) {
        return is_top_sql(file) && file.bytes().find(text) != std::string::npos;
    });
}

bool first_line_is_no_transaction(const LayoutFile& file) {
    return is_top_sql(file) &&
           without_byte_order_mark(file.bytes()).starts_with("-- no-transaction");
}

// "{{" where SQL would be; within a string it may be anything.
bool has_template(const LayoutFile& file) {
    const std::string& bytes = file.bytes();
    if (!is_top_sql(file) || bytes.find("{{") == std::string::npos) return false;
    sql::Lexer lexer{bytes};
    for (sql::Token token; lexer.next(token);)
        if (token.kind == sql::TokenKind::symbol && bytes.compare(token.begin, 2, "{{") == 0)
            return true;
    return false;
}

bool names_previous(std::string_view line) { return line.starts_with("--! Previous:"); }

Name by_markers(const Files& files) {
    if (has(files, "sqitch.plan") || has(files, "sqitch.conf")) return "sqitch";
    if (has(files, "meta/_journal.json")) return "drizzle";
    if (any(files, [](const auto& file) {
            return parent_of(file.name) == "committed" && any_line(file, names_previous);
        }))
        return "graphile-migrate";
    return std::nullopt;
}

const LayoutFile* first_in_folder(const Files& files, std::string_view name) {
    const auto found = std::find_if(files.begin(), files.end(), [&](const LayoutFile& file) {
        return base_name(file.name) == name && !parent_of(file.name).empty();
    });
    return found == files.end() ? nullptr : &*found;
}

Name by_folders(const Files& files) {
    if (first_in_folder(files, "migration.sql"))
        return first_in_folder(files, "snapshot.json") ? "drizzle" : "prisma";
    const LayoutFile* up = first_in_folder(files, "up.sql");
    if (!up) return std::nullopt;
    if (first_in_folder(files, "metadata.yaml")) return "sourcegraph";
    const auto name = parse_folder_name(base_name(parent_of(up->name)));
    constexpr std::size_t millisecond_digits = 13;
    return name && name->version.size() == millisecond_digits ? "hasura" : "diesel";
}

Name by_lines(const Files& files) {
    const auto commented = with_comments(files);
    const auto has_line = [&](TestLine test) {
        return std::any_of(commented.begin(), commented.end(),
                           [&](const LayoutFile* file) { return any_line(*file, test); });
    };
    // A file that says its direction by its name says no layout by a line.
    const auto has_own_line = [&](TestLine test) {
        return std::any_of(commented.begin(), commented.end(), [&](const LayoutFile* file) {
            return !parse_directed_name(file->name) && any_line(*file, test);
        });
    };
    if (has_own_line(is_goose_line)) return "goose";
    if (has_own_line(is_sql_migrate_line)) return "sql-migrate";
    if (has_own_line(is_dbmate_line)) return "dbmate";
    if (has_line(names_previous)) return "graphile-migrate";
    if (has_own_line(is_tern_line)) return "tern";
    if (has_own_line(is_node_pg_migrate_line)) return "node-pg-migrate";
    return std::nullopt;
}

constexpr std::ptrdiff_t popx_digits = 18;

// Every file is asked, and its name is only taken apart where a part or the digits may tell.
bool may_be_pop_name(std::string_view name) {
    const auto is_of_number = [](char each) {
        return (each >= '0' && each <= '9') || each == '-' || each == '.';
    };
    const auto number_end = std::find_if_not(name.begin(), name.end(), is_of_number);
    return number_end - name.begin() >= popx_digits ||
           std::count(name.begin(), name.end(), '.') > 2;
}

bool is_pop_name(const LayoutFile& file) {
    if (file.name.ends_with(".fizz")) return true;
    if (!may_be_pop_name(file.name)) return false;
    const auto name = parse_directed_name(file.name);
    return name &&
           (!name->dialect.empty() || name->autocommit || std::ssize(name->version) >= popx_digits);
}

Name by_directed_names(const Files& files) {
    if (!any(files, [](const auto& file) { return parse_directed_name(file.name).has_value(); }))
        return std::nullopt;
    if (any(files, has_template)) return "fizz";
    if (any(files, is_pop_name)) return "popx";
    if (has_text(files, "-- morph:")) return "morph";
    if (any(files, first_line_is_no_transaction)) return "sqlx";
    return "varve";
}

Name by_single_names(const Files& files, std::string_view root) {
    std::size_t count = 0;
    std::size_t nameless = 0;
    for (const LayoutFile& file : files)
        if (const auto name = is_top_sql(file) ? parse_single_name(file.name) : std::nullopt) {
            ++count;
            nameless += name->name.empty() ? 1 : 0;
        }
    if (count == 0) return std::nullopt;
    if (has_text(files, ":GRAPHILE_WORKER_SCHEMA")) return "graphile-worker";
    if (has_text(files, "-- postgres-migrations ")) return "postgres-migrations";
    if (any(files, first_line_is_no_transaction)) return "sqlx";
    if (root.find("supabase") != std::string_view::npos && nameless == 0) return "supabase";
    return "plain";
}

}  // namespace

Name recognise(const Files& files, std::string_view root) {
    if (const auto name = by_markers(files)) return name;
    if (const auto name = by_folders(files)) return name;
    if (const auto name = by_lines(files)) return name;
    // Flyway reads folders below; one that is there by accident does not make the others Flyway's.
    if (any(files, [](const auto& file) { return is_flyway_name(file.name); })) return "flyway";
    if (const auto name = by_directed_names(files)) return name;
    if (any(files, [](const auto& file) { return is_flyway_name(base_name(file.name)); }))
        return "flyway";
    return by_single_names(files, root);
}

}  // namespace migrations::layouts
