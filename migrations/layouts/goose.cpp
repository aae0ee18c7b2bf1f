#include "migrations/layouts/goose.hpp"

#include "migrations/encoding.hpp"
#include "migrations/layouts/names.hpp"
#include "migrations/layouts/order.hpp"
#include "migrations/layouts/sections.hpp"
#include "migrations/sql/lexer.hpp"

#include <utility>

namespace migrations::layouts {

namespace {

using sql::same_word;

// "Up" of "-- +goose Up" and "Up notransaction" of "-- +migrate Up notransaction".
std::optional<std::string_view> annotation_of(std::string_view line) {
    line = trim(line);
    if (!line.starts_with("--")) return std::nullopt;
    const std::string_view comment = trim(line.substr(2));
    for (const std::string_view tool : {"+goose", "+migrate"})
        if (comment.starts_with(tool)) return trim(comment.substr(tool.size()));
    return std::nullopt;
}

std::string_view first_word(std::string_view text) {
    return text.substr(0, text.find_first_of(" \t"));
}

std::optional<Marker> find_marker(std::string_view line) {
    const auto annotation = annotation_of(line);
    if (!annotation) return std::nullopt;
    const std::string_view word = first_word(*annotation);
    const std::string options{trim(annotation->substr(word.size()))};
    if (same_word(word, "up")) return Marker{MarkerKind::up, options};
    if (same_word(word, "down")) return Marker{MarkerKind::down, options};
    return std::nullopt;
}

struct Annotations {
    bool no_transaction{};
    bool substitutes{};
};

// Understands every annotation of a file, or says which it does not.
Annotations read_annotations(Reading& reading, const LayoutFile& file, std::string_view text) {
    Annotations annotations;
    for_each_line(text, [&](std::string_view line, std::size_t, std::uint32_t number) {
        const auto found = annotation_of(line);
        if (!found || find_marker(line)) return;
        if (same_word(*found, "no transaction"))
            annotations.no_transaction = true;
        else if (same_word(*found, "envsub on"))
            annotations.substitutes = true;
        else if (!same_word(*found, "envsub off") && !same_word(*found, "statementbegin") &&
                 !same_word(*found, "statementend"))
            reading.refuse("directive-unknown",
                           "the annotation \"" + std::string{*found} + "\" is not understood", file,
                           number);
    });
    return annotations;
}

void see_substitution(std::string_view line, bool& on) {
    const auto annotation = annotation_of(line);
    if (annotation && same_word(*annotation, "envsub on")) on = true;
    if (annotation && same_word(*annotation, "envsub off")) on = false;
}

// goose keeps it from wherever it stands, across sections.
bool is_on_before(std::string_view text, std::uint32_t first_line) {
    bool on = false;
    for_each_line(text, [&](std::string_view line, std::size_t, std::uint32_t number) {
        if (number < first_line) see_substitution(line, on);
    });
    return on;
}

// The section's text with variables replaced where ENVSUB is on.
void substitute_lines(Reading& reading, const LayoutFile& file, const Section& section,
                      ScriptSource& source) {
    std::string text;
    Written& written = source.written;
    bool on = is_on_before(without_byte_order_mark(file.bytes()), section.first_line);
    for_each_line(section.bytes, [&](std::string_view line, std::size_t, std::uint32_t number) {
        see_substitution(line, on);
        const std::size_t begin = written.text.size();
        const Substituted own =
            on ? substitute(line, reading.settings().placeholders, PlaceholderForm::env)
               : Substituted{std::string{line}, {}};
        for (const Replaced& each : own.replaced)
            written.replaced.push_back({begin + each.written_begin, begin + each.written_end,
                                        text.size() + each.begin, text.size() + each.end});
        text += own.text + "\n";
        written.text.append(line) += '\n';
        if (!on) return;
        for (const Unresolved& left : find_unresolved(own.text, PlaceholderForm::env)) {
            auto& said =
                reading.refuse("placeholder-unresolved", "nothing is given for " + left.text, file,
                               section.first_line + number - 1);
            said.help = {"in varve.toml, [migrations]: placeholders = { " + left.key +
                         " = \"...\" }"};
            said.concerns_down = source.is_down;
        }
    });
    source.text = std::move(text);
}

Script read_section(Reading& reading, const LayoutFile& file, const Sections& sections,
                    bool is_down, const Annotations& annotations) {
    const Section& section = is_down ? *sections.down : *sections.up;
    ScriptSource source = section_source(file, sections, is_down);
    const bool off = same_word(section.options, "notransaction");
    if (annotations.no_transaction)
        source.declared = sql::DeclaredMode{TransactionMode::none, "goose NO TRANSACTION"};
    else if (off)
        source.declared = sql::DeclaredMode{TransactionMode::none, "sql-migrate notransaction"};
    else if (!section.options.empty())
        reading.refuse("directive-unknown",
                       "the option \"" + section.options + "\" is not understood", file,
                       section.first_line);
    if (annotations.substitutes) substitute_lines(reading, file, section, source);
    return reading.script(source);
}

void add(Reading& reading, const LayoutFile& file, const FileName& name) {
    const auto text = reading.text(file);
    if (!text) return;
    const Annotations annotations = read_annotations(reading, file, *text);
    const Sections sections = read_sections(reading, file, *text, find_marker);
    if (!sections.up) {
        reading.refuse("section-missing", "there is no line \"-- +goose Up\" (or +migrate)", file);
        return;
    }
    Migration migration;
    migration.version = {name.version};
    migration.name = name.name;
    migration.up = read_section(reading, file, sections, false, annotations);
    if (sections.down) migration.down = read_section(reading, file, sections, true, annotations);
    reading.add(std::move(migration));
}

void refuse_go(Reading& reading, const LayoutFile& file) {
    const std::string stem = file.name.substr(0, file.name.size() - 3);
    if (stem.ends_with("_test") || !parse_single_name(stem + ".sql")) return;
    reading.refuse("not-sql", "goose would run this file, which is Go", file).help = {
        "write it in SQL, or say that it must not run: in varve.toml, [migrations]: files.\"" +
        file.path + "\".skip = true"};
}

bool has_annotation(std::string_view line, std::string_view tool) {
    line = trim(line);
    return line.starts_with("--") && trim(line.substr(2)).starts_with(tool) &&
           find_marker(line).has_value();
}

}  // namespace

bool is_goose_line(std::string_view line) { return has_annotation(line, "+goose"); }

bool is_sql_migrate_line(std::string_view line) { return has_annotation(line, "+migrate"); }

bool is_goose_boundary(std::string_view comment) {
    const auto annotation = annotation_of(comment);
    return annotation &&
           (same_word(*annotation, "statementbegin") || same_word(*annotation, "statementend"));
}

void read_goose(Reading& reading) {
    for (const LayoutFile& file : reading.files()) {
        if (file.name.find('/') != std::string::npos) continue;
        if (file.name.ends_with(".go")) refuse_go(reading, file);
        if (const auto name = parse_single_name(file.name)) add(reading, file, *name);
    }
    sort_by_number(reading.migrations());
}

}  // namespace migrations::layouts
