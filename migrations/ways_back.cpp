#include "migrations/ways_back.hpp"

#include "migrations/directives.hpp"
#include "migrations/encoding.hpp"
#include "migrations/layouts/flyway.hpp"
#include "migrations/layouts/names.hpp"
#include "migrations/layouts/reading.hpp"
#include "migrations/sql/words.hpp"
#include "migrations/uniqueness.hpp"
#include "migrations/version.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migrations {

namespace {

constexpr std::array reading_every_file = {
    "plain",           "sqlx", "supabase", "postgres-migrations", "graphile-worker",
    "node-pg-migrate", "tern", "flyway"};

constexpr std::array back_words = {"down", "undo", "rollback", "revert", "downgrade"};
constexpr std::array forward_words = {"up", "do"};

template <class Words>
bool is_among(const Words& words, std::string_view text) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

// A name without the words that say a direction, and what they say.
struct DirectedStem {
    std::string rest;
    std::string back;  // "rollback"
    bool is_dotted{};  // it stands between dots
    bool is_forward{};
};

void take_word(DirectedStem& stem, std::string_view word) {
    if (is_among(back_words, word)) stem.back = word;
    if (is_among(forward_words, word)) stem.is_forward = true;
}

bool is_direction(std::string_view word) {
    return is_among(back_words, word) || is_among(forward_words, word);
}

// The end of "a-down", of "a down" and of "down".
void take_end(DirectedStem& stem) {
    const std::size_t separator = stem.rest.find_last_of("-_ ");
    const std::size_t begin = separator == std::string::npos ? 0 : separator + 1;
    const std::string word = stem.rest.substr(begin);
    if (!is_direction(word)) return;
    take_word(stem, word);
    stem.rest.resize(begin == 0 ? 0 : separator);
}

// Of what stands behind the version.
DirectedStem read_stem(std::string_view name, bool begins_with_dot) {
    DirectedStem stem;
    const std::string text = sql::lower(name);
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('.', begin), text.size());
        const std::string part = text.substr(begin, end - begin);
        const bool is_dotted = begin != 0 || begins_with_dot;
        if (is_dotted && is_direction(part)) {
            take_word(stem, part);
            stem.is_dotted = stem.is_dotted || is_among(back_words, part);
        } else {
            stem.rest += (stem.rest.empty() ? "" : ".") + part;
        }
        begin = end + 1;
    }
    if (!stem.is_dotted) take_end(stem);
    return stem;
}

std::string_view file_stem(const Migration& migration) {
    const std::string_view name = layouts::base_name(migration.up.path);
    return name.substr(0, name.size() - std::string_view{".sql"}.size());
}

// Nothing of a file that says its direction to this layout; nor of one without a place among those
// that undo or are undone.
std::optional<DirectedStem> stem_of(const Migration& migration) {
    if (migration.kind != ledger::MigrationKind::versioned) return std::nullopt;
    const std::string_view base = layouts::base_name(migration.up.path);
    if (!layouts::parse_single_name(base) && !layouts::is_flyway_name(base)) return std::nullopt;
    const std::string_view stem = file_stem(migration);
    const std::size_t name_begin = stem.size() - std::min(stem.size(), migration.name.size());
    return read_stem(migration.name, name_begin > 0 && stem[name_begin - 1] == '.');
}

struct Known {
    const Migration* migration{};
    DirectedStem stem;
    std::string version;
    std::size_t place{};  // of its version, among those of the folder
};

std::vector<Known> known_of(const std::vector<Migration>& migrations) {
    std::vector<Known> known;
    std::size_t place = 0;
    std::string last;
    for (const Migration& migration : migrations) {
        auto version = version_key(migration.version.text);
        if (version != last) ++place;
        last = version;
        if (auto stem = stem_of(migration))
            known.push_back({&migration, *std::move(stem), std::move(version), place});
    }
    return known;
}

// "7." of a version that is one number, too short for a date: who counts leaves none out.
bool is_counted(std::string_view version) {
    return version.size() < 8 && version.ends_with('.') &&
           is_digits(version.substr(0, version.size() - 1));
}

bool is_next(const Known& back, const Known& other) {
    if (back.place != other.place + 1) return false;
    return !is_counted(back.version) || !is_counted(other.version) ||
           std::stoul(back.version) == std::stoul(other.version) + 1;
}

bool may_undo(const Known& back, const Known& other) {
    if (other.migration == back.migration || !other.stem.back.empty()) return false;
    if (back.version == other.version)
        return back.stem.rest == other.stem.rest || back.stem.rest.empty();
    if (back.stem.rest != other.stem.rest || back.stem.rest.empty()) return false;
    if (back.stem.is_dotted) return true;
    const bool may_go_forward = back.stem.back == "rollback" || back.stem.back == "revert";
    return is_next(back, other) && (other.stem.is_forward || !may_go_forward);
}

// What it undoes; one of its own version goes before.
const Known* undone_by(const Known& back, const std::vector<Known>& known) {
    const Known* found = nullptr;
    for (const Known& other : known) {
        if (!may_undo(back, other)) continue;
        if (other.version == back.version) return &other;
        if (found == nullptr) found = &other;
    }
    return found;
}

std::string how_to_name(const Folder& folder, const Known* undone) {
    if (folder.layout == "flyway")
        return "name it U<version>__<description>.sql, with the version of what it undoes";
    if (undone == nullptr)
        return "name it VERSION_name.down.sql, and every migration VERSION_name.up.sql";
    std::string stem{file_stem(*undone->migration)};
    if (undone->stem.is_forward) {
        const std::string& name = undone->migration->name;
        stem.resize(stem.size() - std::min(stem.size(), name.size()));
        stem += undone->stem.rest;
        stem.resize(stem.find_last_not_of("._- ") + 1);
    }
    return "name it " + stem + ".down.sql, what it undoes " + stem +
           ".up.sql, and every other migration VERSION_name.up.sql";
}

std::string how_to_accept(const std::string& path, bool is_same_version) {
    const std::string rule{undo_named_rule};
    return std::string{"or, where it is to run after the others, "} +
           (is_same_version ? "give it a version of its own and accept its name"
                            : "accept its name") +
           ": -- varve: allow " + rule +
           " reason=\"...\"; or in varve.toml: [migrations] files.\"" + path + "\".allow." + rule +
           " = \"...\"";
}

Diagnostic refusal(const Folder& folder, const Known& back, const Known* undone) {
    const std::string& path = back.migration->up.path;
    const bool is_same_version = undone != nullptr && undone->version == back.version;
    Diagnostic said{Severity::error, std::string{undo_named_rule},
                    "by its name (\"" + back.stem.back + "\") it undoes" +
                        (undone == nullptr ? "" : " " + undone->migration->up.path) +
                        ", as files of other tools do, and in this layout (" + folder.layout +
                        ") it would run as a migration",
                    path};
    said.help = {how_to_name(folder, undone),
                 "or say that it must not run: in varve.toml, [migrations]: files.\"" + path +
                     "\".skip = true",
                 how_to_accept(path, is_same_version)};
    said.concerns_running = !is_same_version;
    return said;
}

bool is_accepted(const Script& script, const FolderSettings& settings) {
    const std::string rule{undo_named_rule};
    for (const auto& name : {script.path, std::string{layouts::base_name(script.path)}})
        if (const auto found = settings.files.find(name);
            found != settings.files.end() && found->second.allow.contains(rule))
            return true;
    const std::string_view text = without_byte_order_mark(script.bytes);
    const auto allowances = read_directives(text, script.path, script.first_line).allowances;
    return std::any_of(allowances.begin(), allowances.end(),
                       [&](const Allowance& each) { return each.rule == rule; });
}

// Hardly a folder has any, and this is asked of every file.
bool has_back_word(const Migration& migration) {
    const std::string path = sql::lower(layouts::base_name(migration.up.path));
    return std::any_of(back_words.begin(), back_words.end(),
                       [&](std::string_view word) { return path.find(word) != std::string::npos; });
}

bool has_suspect(const Folder& folder) {
    return std::any_of(folder.migrations.begin(), folder.migrations.end(), [](const auto& each) {
        if (!has_back_word(each)) return false;
        const auto stem = stem_of(each);
        return !each.down && stem && !stem->back.empty();
    });
}

}  // namespace

void refuse_ways_back(Folder& folder, const FolderSettings& settings) {
    if (!is_among(reading_every_file, folder.layout) || !has_suspect(folder)) return;
    std::vector<std::string> no_migrations;
    const auto known = known_of(folder.migrations);
    for (const Known& each : known) {
        if (each.stem.back.empty() || each.migration->down) continue;
        const Known* undone = undone_by(each, known);
        if (undone == nullptr && !each.stem.is_dotted) continue;
        if (is_accepted(each.migration->up, settings)) continue;
        folder.diagnostics.push_back(refusal(folder, each, undone));
        if (undone != nullptr && undone->version == each.version)
            no_migrations.push_back(each.migration->up.path);
    }
    std::erase_if(folder.migrations, [&](const Migration& migration) {
        return is_among(no_migrations, migration.up.path);
    });
}

std::optional<std::string> way_back_help(const Folder& folder, const Migration& one,
                                         const Migration& another) {
    if (!is_among(reading_every_file, folder.layout) ||
        has_back_word(one) == has_back_word(another))
        return std::nullopt;
    const Migration& back = has_back_word(one) ? one : another;
    const Migration& other = has_back_word(one) ? another : one;
    auto stem = stem_of(other);
    if (!stem) return std::nullopt;
    const Known undone{&other, *std::move(stem), {}};
    return "where " + back.up.path + " undoes " + other.up.path + ", " +
           how_to_name(folder, &undone) + ": with a version of its own it would run as a migration";
}

}  // namespace migrations
