#include "migrations/layouts/two_way.hpp"

#include "migrations/layouts/names.hpp"
#include "migrations/layouts/order.hpp"
#include "migrations/layouts/sections.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <utility>

namespace migrations::layouts {

namespace {

std::optional<Marker> find_marker(std::string_view line) {
    line = trim(line);
    if (!line.starts_with("--")) return std::nullopt;
    line.remove_prefix(std::min(line.find_first_not_of("- \t"), line.size()));
    const auto words = sql::leading_words(line, 2);
    if (words.size() < 2 || words[1] != "migration") return std::nullopt;
    if (words[0] == "up") return Marker{MarkerKind::up, {}};
    if (words[0] == "down") return Marker{MarkerKind::down, {}};
    return std::nullopt;
}

std::optional<Marker> find_tern_marker(std::string_view line) {
    return is_tern_line(line) ? std::optional{Marker{MarkerKind::down, {}}} : std::nullopt;
}

void refuse_code(Reading& reading, const LayoutFile& file) {
    for (const std::string_view suffix : {".js", ".ts", ".cjs", ".mjs", ".mts", ".cts"}) {
        if (!file.name.ends_with(suffix) || file.name.ends_with(".d.ts")) continue;
        const std::string stem = file.name.substr(0, file.name.size() - suffix.size());
        if (!parse_single_name(stem + ".sql")) continue;
        reading.refuse("not-sql", "node-pg-migrate would run this file, which is not SQL", file)
            .help = {
            "write it in SQL, or say that it must not run: in varve.toml, "
            "[migrations]: files.\"" +
            file.path + "\".skip = true"};
    }
}

// Without an up marker, everything before the down marker is up.
void add(Reading& reading, const LayoutFile& file, const FileName& name, FindMarker marker) {
    const auto text = reading.text(file);
    if (!text) return;
    Sections sections = read_sections(reading, file, *text, marker);
    Migration migration;
    migration.version = {name.version};
    migration.name = name.name;
    if (!sections.up) sections.up = Section{sections.before, 1, {}};
    migration.up = reading.script(section_source(file, sections, false));
    if (sections.down) migration.down = reading.script(section_source(file, sections, true));
    reading.add(std::move(migration));
}

void read_all(Reading& reading, FindMarker marker) {
    for (const LayoutFile& file : reading.files()) {
        if (file.name.find('/') != std::string::npos) continue;
        if (const auto name = parse_single_name(file.name)) add(reading, file, *name, marker);
    }
    sort_by_number(reading.migrations());
}

}  // namespace

bool is_node_pg_migrate_line(std::string_view line) { return find_marker(line).has_value(); }

bool is_tern_line(std::string_view line) {
    return trim(line) == "---- create above / drop below ----";
}

void read_node_pg_migrate(Reading& reading) {
    for (const LayoutFile& file : reading.files())
        if (file.name.find('/') == std::string::npos) refuse_code(reading, file);
    read_all(reading, find_marker);
}

void read_tern(Reading& reading) { read_all(reading, find_tern_marker); }

}  // namespace migrations::layouts
