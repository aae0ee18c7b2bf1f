#include "migrations/layouts/dbmate.hpp"

#include "migrations/layouts/names.hpp"
#include "migrations/layouts/sections.hpp"
#include "migrations/version.hpp"

#include <algorithm>
#include <utility>

namespace migrations::layouts {

namespace {

std::optional<Marker> find_marker(std::string_view line) {
    if (!line.starts_with("--")) return std::nullopt;
    const std::string_view comment = trim(line.substr(2));
    constexpr std::string_view up = "migrate:up";
    constexpr std::string_view down = "migrate:down";
    const bool is_up = comment.starts_with(up);
    if (!is_up && !comment.starts_with(down)) return std::nullopt;
    const std::string_view rest = comment.substr(is_up ? up.size() : down.size());
    if (!rest.empty() && rest.find_first_of(" \t") != 0) return std::nullopt;
    return Marker{is_up ? MarkerKind::up : MarkerKind::down, std::string{trim(rest)}};
}

// dbmate takes whatever begins with a digit and ends with ".sql".
std::optional<FileName> parse_name(std::string_view file_name) {
    if (auto name = parse_single_name(file_name)) return name;
    const std::string_view version = leading_digits(file_name);
    if (version.empty() || !file_name.ends_with(".sql")) return std::nullopt;
    const std::string_view name = file_name.substr(version.size());
    return FileName{std::string{version}, std::string{name.substr(0, name.size() - 4)}, "", false,
                    false};
}

std::optional<sql::DeclaredMode> read_options(Reading& reading, const LayoutFile& file,
                                              const Section& section) {
    if (section.options == "transaction:false")
        return sql::DeclaredMode{TransactionMode::none, "dbmate transaction:false"};
    if (!section.options.empty() && section.options != "transaction:true")
        reading.refuse("directive-unknown",
                       "the option \"" + section.options + "\" is not understood", file,
                       section.first_line);
    return std::nullopt;
}

Script read_section(Reading& reading, const LayoutFile& file, const Sections& sections,
                    bool is_down) {
    ScriptSource source = section_source(file, sections, is_down);
    source.declared = read_options(reading, file, is_down ? *sections.down : *sections.up);
    return reading.script(source);
}

void add(Reading& reading, const LayoutFile& file, const FileName& name) {
    const auto text = reading.text(file);
    if (!text) return;
    const Sections sections = read_sections(reading, file, *text, find_marker, Repeated::ignored);
    if (!sections.up) {
        reading.refuse("section-missing", "there is no line \"-- migrate:up\"", file);
        return;
    }
    Migration migration;
    migration.version = {name.version};
    migration.name = name.name;
    migration.up = read_section(reading, file, sections, false);
    if (sections.down) migration.down = read_section(reading, file, sections, true);
    reading.add(std::move(migration));
}

}  // namespace

bool is_dbmate_mark(std::string_view line) { return find_marker(line).has_value(); }

bool is_dbmate_line(std::string_view line) {
    const auto marker = find_marker(line);
    return marker && marker->kind == MarkerKind::up;
}

void read_dbmate(Reading& reading) {
    for (const LayoutFile& file : reading.files()) {
        if (file.name.find('/') != std::string::npos) continue;
        if (const auto name = parse_name(file.name)) add(reading, file, *name);
    }
    std::stable_sort(
        reading.migrations().begin(), reading.migrations().end(),
        [](const Migration& left, const Migration& right) { return left.up.path < right.up.path; });
}

}  // namespace migrations::layouts
