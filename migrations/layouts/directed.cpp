#include "migrations/layouts/directed.hpp"

#include "migrations/layouts/comments.hpp"
#include "migrations/layouts/names.hpp"
#include "migrations/layouts/order.hpp"

#include <iterator>
#include <map>
#include <utility>

namespace migrations::layouts {

namespace {

struct Candidate {
    const LayoutFile* file{};
    FileName name;
};

// The files of one version and name. Two names of one version are two migrations of one number,
// which is found out later.
struct Pair {
    std::optional<Candidate> up;
    std::optional<Candidate> down;
};

bool is_for_postgres(std::string_view dialect) {
    return dialect == "postgres" || dialect == "postgresql" || dialect == "psql" || dialect == "pg";
}

// A file for PostgreSQL goes before the one for every database.
void prefer(std::optional<Candidate>& kept, Candidate candidate) {
    if (!kept || is_for_postgres(candidate.name.dialect)) kept = std::move(candidate);
}

using Pairs = std::map<std::pair<std::string, std::string>, Pair>;

void say_nameless(Reading& reading, const LayoutFile& file) {
    if (!file.name.ends_with(".up.sql") && !file.name.ends_with(".down.sql")) return;
    reading.use(file);
    reading
        .say(Severity::warning, "name-not-understood",
             "the name has no version, so the file does not run", file.path)
        .help = {"name it VERSION_name.up.sql"};
}

Pairs collect(Reading& reading) {
    Pairs pairs;
    for (const LayoutFile& file : reading.files()) {
        if (file.name.find('/') != std::string::npos) continue;
        auto name = parse_directed_name(file.name);
        if (!name) {
            say_nameless(reading, file);
            continue;
        }
        reading.use(file);
        if (!name->dialect.empty() && !is_for_postgres(name->dialect)) continue;
        // They come in the order of their names: a pair mostly is, or will be, the last one.
        const auto last = pairs.empty() ? pairs.end() : std::prev(pairs.end());
        Pair& pair =
            pairs
                .try_emplace(last, Pairs::key_type{std::move(name->version), std::move(name->name)})
                ->second;
        auto& kept = name->is_down ? pair.down : pair.up;
        prefer(kept, {&file, *std::move(name)});
    }
    return pairs;
}

// The tools pair by version alone: a down script may have another name than its up script.
void pair_by_version(Pairs& pairs) {
    for (auto& [key, pair] : pairs) {
        if (pair.up) continue;
        Pair* found = nullptr;
        std::size_t count = 0;
        for (auto& [other_key, other] : pairs)
            if (other_key.first == key.first && other.up && ++count == 1) found = &other;
        if (count == 1 && !found->down) std::swap(found->down, pair.down);
    }
    std::erase_if(pairs, [](const auto& each) { return !each.second.up && !each.second.down; });
}

Script read_script(Reading& reading, const Candidate& candidate) {
    auto declared = declared_mode(reading, *candidate.file, candidate.name.is_down);
    if (candidate.name.autocommit)
        declared = sql::DeclaredMode{TransactionMode::none, ".autocommit. in the file's name"};
    return reading.script(*candidate.file, candidate.name.is_down, std::move(declared));
}

void add_pairs(Reading& reading) {
    Pairs pairs = collect(reading);
    pair_by_version(pairs);
    for (const auto& [key, pair] : pairs) {
        if (!pair.up) {
            reading.say(Severity::warning, "down-without-up",
                        "there is no up script to this down script", pair.down->file->path);
            continue;
        }
        Migration migration;
        migration.version = {key.first};
        migration.name = key.second;
        migration.up = read_script(reading, *pair.up);
        if (pair.down) migration.down = read_script(reading, *pair.down);
        reading.add(std::move(migration));
    }
}

}  // namespace

void read_directed(Reading& reading) {
    add_pairs(reading);
    sort_by_number(reading.migrations());
}

void read_pop(Reading& reading) {
    for (const LayoutFile& file : reading.files())
        if (file.name.ends_with(".fizz"))
            reading.refuse("not-sql", "fizz is not SQL, and cannot be run", file).help = {
                "write the migration in SQL: soda translates fizz"};
    add_pairs(reading);
    sort_by_text(reading.migrations());
}

}  // namespace migrations::layouts
