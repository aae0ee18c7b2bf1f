#include "migrations/layouts/drizzle.hpp"

#include "migrations/layouts/names.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace migrations::layouts {

namespace {

using Json = nlohmann::json;

std::string text_member(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

constexpr std::string_view breakpoint = "--> statement-breakpoint";

// Drizzle splits the text there, so what follows on the line is SQL to it and a comment to others.
void check_breakpoints(Reading& reading, const LayoutFile& file) {
    for_each_line(file.bytes(), [&](std::string_view line, std::size_t, std::uint32_t number) {
        const std::size_t at = line.find(breakpoint);
        if (at == std::string_view::npos) return;
        const std::string_view rest = trim(line.substr(at + breakpoint.size()));
        if (!rest.empty() && !rest.starts_with("--"))
            reading
                .refuse("sql-outside-section", "there is SQL after the breakpoint on its line",
                        file, number)
                .help = {"begin a new line after " + std::string{breakpoint}};
    });
}

void add(Reading& reading, const LayoutFile& file, const std::string& tag) {
    check_breakpoints(reading, file);
    Migration migration;
    migration.version = {tag};
    const auto name = parse_folder_name(tag);
    migration.name = name && !name->name.empty() ? name->name : tag;
    migration.up = reading.script(file, false);
    reading.add(std::move(migration));
}

std::optional<Json> read_journal(Reading& reading, const LayoutFile& file) {
    const auto text = reading.text(file);
    if (!text) return std::nullopt;
    Json journal = Json::parse(*text, nullptr, false);
    if (!journal.is_object() || !journal.contains("entries") || !journal["entries"].is_array()) {
        reading.refuse("journal-unreadable", "the journal is not JSON with a list of entries",
                       file);
        return std::nullopt;
    }
    const std::string dialect = text_member(journal, "dialect");
    if (!dialect.empty() && dialect != "pg" && dialect != "postgresql") {
        reading.refuse("other-database", "the journal is for " + dialect + ", not PostgreSQL",
                       file);
        return std::nullopt;
    }
    return journal;
}

void read_entries(Reading& reading, const LayoutFile& file) {
    const auto journal = read_journal(reading, file);
    if (!journal) return;
    for (const Json& entry : (*journal)["entries"]) {
        const std::string tag = entry.is_object() ? text_member(entry, "tag") : std::string{};
        const LayoutFile* script = tag.empty() ? nullptr : reading.find(tag + ".sql");
        if (script)
            add(reading, *script, tag);
        else if (tag.empty())
            reading.refuse("journal-unreadable", "an entry of the journal has no tag", file);
        else
            reading
                .refuse("file-missing",
                        "the journal lists " + tag + ", but there is no " + tag + ".sql", file)
                .help = {"restore the file, or take the entry out of the journal"};
    }
}

void read_folders(Reading& reading) {
    for (const LayoutFile& file : reading.files())
        if (base_name(file.name) == "migration.sql")
            add(reading, file, std::string{base_name(parent_of(file.name))});
    std::stable_sort(
        reading.migrations().begin(), reading.migrations().end(),
        [](const Migration& left, const Migration& right) { return left.version < right.version; });
}

}  // namespace

bool is_drizzle_boundary(std::string_view comment) {
    return comment.find(breakpoint) != std::string_view::npos;
}

void read_drizzle(Reading& reading) {
    if (const LayoutFile* journal = reading.find("meta/_journal.json"))
        read_entries(reading, *journal);
    else
        read_folders(reading);
}

}  // namespace migrations::layouts
