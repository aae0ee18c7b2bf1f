#include "migrations/layouts/flyway.hpp"

#include "migrations/layouts/flyway_conf.hpp"
#include "migrations/version.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace migrations::layouts {

namespace {

struct Name {
    char prefix{};
    std::string version;  // of a repeatable one: the description as the file has it
    std::string description;
};

constexpr std::array code_suffixes = {".java", ".class", ".kt",  ".groovy", ".js",
                                      ".py",   ".sh",    ".ps1", ".bat",    ".cmd"};

// Those that run when a database is migrated or undone; the others (clean, info, repair ...) run
// with commands that there are not.
constexpr std::array callbacks = {
    "beforeMigrate",  "beforeRepeatables", "beforeEachMigrate",  "afterEachMigrate",
    "afterMigrate",   "beforeVersioned",   "afterVersioned",     "beforeUndo",
    "beforeEachUndo", "afterEachUndo",     "afterUndo",          "beforeValidate",
    "afterValidate",  "createSchema",      "beforeCreateSchema", "beforeConnect",
    "afterConnect",   "beforeDeploy",      "afterDeploy"};
constexpr std::array other_callbacks = {"beforeClean",    "afterClean",    "beforeInfo",
                                        "afterInfo",      "beforeRepair",  "afterRepair",
                                        "beforeBaseline", "afterBaseline", "beforeCheck"};

std::string described(std::string_view text) {
    std::string description{text};
    std::replace(description.begin(), description.end(), '_', ' ');
    return description;
}

// "V1.sql" is a migration without a description.
std::optional<Name> parse(std::string_view stem) {
    if (stem.empty()) return std::nullopt;
    const char prefix = stem[0];
    const std::size_t separator = stem.find("__");
    const bool has_description = separator != std::string_view::npos;
    const auto version = stem.substr(1, has_description ? separator - 1 : separator);
    const auto description = has_description ? stem.substr(separator + 2) : std::string_view{};
    if (prefix == 'R' && version.empty() && has_description)
        return Name{'R', std::string{description}, described(description)};
    if (prefix != 'V' && prefix != 'U' && prefix != 'B') return std::nullopt;
    if (leading_digits(version).empty() ||
        version.find_first_not_of("0123456789._") != std::string_view::npos)
        return std::nullopt;
    std::string dotted{version};
    std::replace(dotted.begin(), dotted.end(), '_', '.');
    return Name{prefix, dotted, described(description)};
}

// As somebody names a migration who knows Flyway's prefixes, and not that their case counts.
bool looks_named(std::string_view stem) {
    if (stem.empty()) return false;
    if (stem[0] == 'R' || stem[0] == 'r') return stem.substr(1).starts_with('_');
    return std::string_view{"VvUuBb"}.find(stem[0]) != std::string_view::npos &&
           !leading_digits(stem.substr(1)).empty();
}

std::string_view stem_of(std::string_view file_name, std::string_view suffix) {
    return file_name.substr(0, file_name.size() - suffix.size());
}

template <class Names>
bool is_callback(std::string_view stem, const Names& names) {
    const std::string_view event = stem.substr(0, stem.find("__"));
    return std::any_of(names.begin(), names.end(),
                       [&](std::string_view each) { return event.starts_with(each); });
}

struct Undo {
    std::string version;
    const LayoutFile* file{};
};

class Flyway {
public:
    explicit Flyway(Reading& reading) : reading_{reading} {}

    void run() {
        for (const LayoutFile& file : reading_.files()) see(file);
        std::stable_sort(reading_.migrations().begin(), reading_.migrations().end(), comes_before);
        for (const Undo& undo : undos_) attach(undo);
    }

private:
    void see(const LayoutFile& file) {
        const std::string_view name = base_name(file.name);
        for (const std::string_view suffix : code_suffixes)
            if (name.ends_with(suffix)) return see_code(file, stem_of(name, suffix));
        if (name.ends_with(".conf")) return see_conf(file);
        if (!name.ends_with(".sql")) return;
        const std::string_view stem = stem_of(name, ".sql");
        if (const auto parsed = parse(stem))
            add(file, *parsed);
        else
            see_other(file, stem);
    }

    void see_code(const LayoutFile& file, std::string_view stem) {
        if (parse(stem) || is_callback(stem, callbacks))
            reading_.refuse("not-sql", "Flyway would run this file, which is not SQL", file).help =
                {"write it in SQL, or say that it must not run: in varve.toml, [migrations]: "
                 "files.\"" +
                 file.path + "\".skip = true"};
    }

    void see_conf(const LayoutFile& file) {
        const std::string script = file.name.substr(0, file.name.size() - 5);
        if (script.ends_with(".sql") && !reading_.find(script))
            reading_.refuse("conf-without-script", "there is no " + script + " to this file", file);
    }

    void see_other(const LayoutFile& file, std::string_view stem) {
        if (is_callback(stem, callbacks)) {
            reading_.use(file);
            reading_.refuse("flyway-callback", "Flyway's callbacks are not run", file).help = {
                "make it a migration (R__name.sql where it may run again)",
                "or say that it must not run: in varve.toml, [migrations]: files.\"" + file.path +
                    "\".skip = true"};
        } else if (is_callback(stem, other_callbacks)) {
            reading_.use(file);
            reading_.say(Severity::warning, "flyway-callback",
                         "a callback of a Flyway command that there is not here: it never runs",
                         file.path);
        } else if (looks_named(stem)) {
            reading_.use(file);
            reading_
                .say(Severity::warning, "name-not-understood",
                     "Flyway takes no migration of this name, and neither is it run here",
                     file.path)
                .help = {
                "name it V<version>__<description>.sql (U to undo, B of a baseline, "
                "R__<description>.sql to repeat): a capital, and two underscores"};
        }
    }

    void add(const LayoutFile& file, const Name& name) {
        reading_.use(file);
        if (name.prefix == 'U') return undos_.push_back({name.version, &file});
        const auto conf = read_flyway_conf(reading_, file);
        if (!conf.runs) return;
        Migration migration;
        migration.version = {name.prefix == 'V'   ? name.version
                             : name.prefix == 'B' ? "B" + name.version
                                                  : "R__" + name.version};
        migration.name = name.description;
        migration.kind = name.prefix == 'V'   ? ledger::MigrationKind::versioned
                         : name.prefix == 'B' ? ledger::MigrationKind::baseline
                                              : ledger::MigrationKind::repeatable;
        migration.up = read(file, conf, false);
        reading_.add(std::move(migration));
    }

    [[nodiscard]] Script read(const LayoutFile& file, const FlywayConf& conf, bool is_down) {
        if (!conf.replaces_placeholders && reading_.text(file, is_down))
            return reading_.script({file.path,
                                    file.bytes(),
                                    1,
                                    is_down,
                                    conf.declared,
                                    {},
                                    PlaceholderForm::none,
                                    false});
        return reading_.script(file, is_down, conf.declared);
    }

    void attach(const Undo& undo) {
        for (Migration& migration : reading_.migrations())
            if (migration.kind == ledger::MigrationKind::versioned &&
                compare_dotted(migration.version.text, undo.version) == 0) {
                if (migration.down) return refuse_second(undo, *migration.down);
                migration.down = read(*undo.file, read_flyway_conf(reading_, *undo.file), true);
                return;
            }
        reading_.say(Severity::warning, "down-without-up",
                     "there is no migration of version " + undo.version + " to undo",
                     undo.file->path);
    }

    void refuse_second(const Undo& undo, const Script& first) {
        reading_.refuse("duplicate-version",
                        "version " + undo.version + " is undone by " + first.path + " too",
                        *undo.file);
    }

    static bool comes_before(const Migration& left, const Migration& right) {
        const bool repeats = left.kind == ledger::MigrationKind::repeatable;
        if (repeats != (right.kind == ledger::MigrationKind::repeatable)) return !repeats;
        if (repeats) return left.name < right.name;
        const auto number = [](const Migration& migration) {
            const bool baseline = migration.kind == ledger::MigrationKind::baseline;
            return std::string_view{migration.version.text}.substr(baseline ? 1 : 0);
        };
        const auto order = compare_dotted(number(left), number(right));
        if (order != 0) return order < 0;
        return left.kind == ledger::MigrationKind::versioned &&
               right.kind == ledger::MigrationKind::baseline;
    }

    Reading& reading_;
    std::vector<Undo> undos_;
};

}  // namespace

bool is_flyway_name(std::string_view file_name) {
    if (!file_name.ends_with(".sql") || !parse(stem_of(file_name, ".sql"))) return false;
    // "U2.sql" alone does not show whose it is.
    return file_name[0] == 'V' || file_name.find("__") != std::string_view::npos;
}

void read_flyway(Reading& reading) { Flyway{reading}.run(); }

}  // namespace migrations::layouts
