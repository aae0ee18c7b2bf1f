#include "migrations/ways_back.hpp"

#include "migrations/layouts/flyway.hpp"
#include "migrations/layouts/names.hpp"
#include "migrations/layouts/reading.hpp"
#include "migrations/sql/words.hpp"
#include "migrations/uniqueness.hpp"

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

// Nothing of a file that says its direction to this layout.
std::optional<DirectedStem> stem_of(const Migration& migration) {
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
};

std::vector<Known> known_of(const std::vector<Migration>& migrations) {
    std::vector<Known> known;
    for (const Migration& migration : migrations)
        if (auto stem = stem_of(migration))
            known.push_back({&migration, *std::move(stem), version_key(migration.version.text)});
    return known;
}

bool may_undo(const Known& back, const Known& other) {
    if (other.migration == back.migration || !other.stem.back.empty()) return false;
    if (back.version == other.version)
        return back.stem.rest == other.stem.rest || back.stem.rest.empty();
    if (back.stem.rest != other.stem.rest || back.stem.rest.empty()) return false;
    const bool may_go_forward = back.stem.back == "rollback" || back.stem.back == "revert";
    return back.stem.is_dotted || other.stem.is_forward || !may_go_forward;
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

Diagnostic refusal(const Folder& folder, const Known& back, const Known* undone) {
    const std::string& path = back.migration->up.path;
    Diagnostic said{Severity::error, "undo-named-otherwise",
                    "by its name (\"" + back.stem.back + "\") it undoes" +
                        (undone == nullptr ? "" : " " + undone->migration->up.path) +
                        ", as files of other tools do, and in this layout (" + folder.layout +
                        ") it would run as a migration",
                    path};
    said.help = {how_to_name(folder, undone),
                 "or say that it must not run: in varve.toml, [migrations]: files.\"" + path +
                     "\".skip = true",
                 "or, where it is to run after the others, give it a name that does not say so"};
    said.concerns_running = undone == nullptr || undone->version != back.version;
    return said;
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

void refuse_ways_back(Folder& folder) {
    if (!is_among(reading_every_file, folder.layout) || !has_suspect(folder)) return;
    std::vector<std::string> no_migrations;
    const auto known = known_of(folder.migrations);
    for (const Known& each : known) {
        if (each.stem.back.empty() || each.migration->down) continue;
        const Known* undone = undone_by(each, known);
        if (undone == nullptr && !each.stem.is_dotted) continue;
        folder.diagnostics.push_back(refusal(folder, each, undone));
        if (undone != nullptr && undone->version == each.version)
            no_migrations.push_back(each.migration->up.path);
    }
    std::erase_if(folder.migrations, [&](const Migration& migration) {
        return is_among(no_migrations, migration.up.path);
    });
}

}  // namespace migrations
