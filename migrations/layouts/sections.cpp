#include "migrations/layouts/sections.hpp"

#include "migrations/directives.hpp"

#include <utility>
#include <vector>

namespace migrations::layouts {

namespace {

struct Found {
    Marker marker;
    std::size_t begin{};
    std::uint32_t line{};
};

std::vector<Found> find_all(std::string_view text, FindMarker find_marker) {
    std::vector<Found> found;
    for_each_line(text, [&](std::string_view line, std::size_t begin, std::uint32_t number) {
        if (auto marker = find_marker(line)) found.push_back({std::move(*marker), begin, number});
    });
    return found;
}

// Takes out every marker that is not the first of its kind, and says it.
void drop_repeated(Reading& reading, const LayoutFile& file, Repeated repeated,
                   std::vector<Found>& found) {
    bool seen[2] = {false, false};
    std::erase_if(found, [&](const Found& each) {
        bool& before = seen[each.marker.kind == MarkerKind::up ? 0 : 1];
        if (!before) return !(before = true);
        if (repeated == Repeated::refused)
            reading.refuse("section-twice", "the file has this section already", file, each.line);
        else
            reading.say(Severity::warning, "section-twice",
                        "the file has this section already: the tool takes this line for a comment",
                        file.path, each.line);
        return true;
    });
}

std::optional<TransactionMode> directive_before(Reading& reading, const LayoutFile& file,
                                                std::string_view before) {
    const Directives directives = read_directives(before, file.path, 1);
    for (const Diagnostic& said : directives.diagnostics)
        reading.say(said.severity, said.rule, said.message, said.file, said.line).help = said.help;
    // The ledger keeps the sections alone, and a rollback must find it there.
    if (directives.irreversible)
        reading
            .refuse("directive-unknown", "irreversible is said above the first section's marker",
                    file)
            .help = {"say it within the up or the down section"};
    return directives.transaction;
}

}  // namespace

Sections read_sections(Reading& reading, const LayoutFile& file, std::string_view text,
                       FindMarker find_marker, Repeated repeated) {
    Sections sections;
    std::vector<Found> found = find_all(text, find_marker);
    drop_repeated(reading, file, repeated, found);
    sections.before = text.substr(0, found.empty() ? text.size() : found[0].begin);
    for (std::size_t index = 0; index < found.size(); ++index) {
        const std::size_t end = index + 1 < found.size() ? found[index + 1].begin : text.size();
        const Found& each = found[index];
        auto& section = each.marker.kind == MarkerKind::up ? sections.up : sections.down;
        section = Section{std::string{text.substr(each.begin, end - each.begin)}, each.line,
                          each.marker.options};
    }
    if (!found.empty()) sections.directive = directive_before(reading, file, sections.before);
    const auto stray = sql::split(sections.before);
    if (sections.up && !stray.statements.empty())
        reading
            .refuse("sql-outside-section", "there is SQL before the first section's marker", file)
            .help = {"move it below the marker"};
    return sections;
}

ScriptSource section_source(const LayoutFile& file, const Sections& sections, bool is_down) {
    const Section section = (is_down ? sections.down : sections.up).value_or(Section{});
    ScriptSource source;
    source.path = file.path;
    source.bytes = section.bytes;
    source.first_line = section.first_line;
    source.is_down = is_down;
    source.directive = sections.directive;
    return source;
}

}  // namespace migrations::layouts
