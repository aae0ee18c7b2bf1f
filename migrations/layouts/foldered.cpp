#include "migrations/layouts/foldered.hpp"

#include "migrations/layouts/folder_home.hpp"
#include "migrations/layouts/metadata.hpp"
#include "migrations/layouts/names.hpp"
#include "migrations/layouts/order.hpp"

#include <algorithm>
#include <utility>

namespace migrations::layouts {

namespace {

const LayoutFile* beside(const Reading& reading, const LayoutFile& file, const std::string& name) {
    const std::string folder{parent_of(file.name)};
    return reading.find(folder.empty() ? name : folder + "/" + name);
}

// A folder that has the one and not the other is a migration that somebody has not finished.
void say_without(Reading& reading, std::string_view there, const std::string& wanted) {
    for (const LayoutFile& file : reading.files()) {
        if (base_name(file.name) != there || beside(reading, file, wanted) != nullptr ||
            !parse_folder_name(base_name(parent_of(file.name))))
            continue;
        reading.use(file);
        reading.refuse("file-missing", "there is no " + wanted + " beside it", file);
    }
}

void add_folder(Reading& reading, const LayoutFile& up) {
    const std::string folder{base_name(parent_of(up.name))};
    const auto name = parse_folder_name(folder);
    if (!name) return;
    const LayoutFile* metadata = beside(reading, up, "metadata.toml");
    const auto declared = metadata ? read_diesel_metadata(reading, *metadata) : std::nullopt;
    Migration migration;
    migration.version = {name->version};
    migration.name = name->name;
    migration.up = reading.script(up, false, declared);
    if (const LayoutFile* down = beside(reading, up, "down.sql"))
        migration.down = reading.script(*down, true, declared);
    reading.add(std::move(migration));
}

void add_folders(Reading& reading) {
    for (const LayoutFile* up : in_one_home(reading, "up.sql")) add_folder(reading, *up);
    say_without(reading, "down.sql", "up.sql");
}

}  // namespace

void read_prisma(Reading& reading) {
    for (const LayoutFile& file : reading.files())
        if (base_name(file.name) == "migration_lock.toml") check_prisma_lock(reading, file);
    for (const LayoutFile* up : in_one_home(reading, "migration.sql")) {
        const std::string folder{base_name(parent_of(up->name))};
        Migration migration;
        migration.version = {folder};
        const auto name = parse_folder_name(folder);
        migration.name = name && !name->name.empty() ? name->name : folder;
        migration.up = reading.script(*up, false);
        if (const LayoutFile* down = beside(reading, *up, "down.sql"))
            migration.down = reading.script(*down, true);
        reading.add(std::move(migration));
    }
    say_without(reading, "down.sql", "migration.sql");
    sort_by_text(reading.migrations());
}

void read_diesel(Reading& reading) {
    add_folders(reading);
    sort_by_text(reading.migrations());
}

void read_hasura(Reading& reading) {
    add_folders(reading);
    sort_by_number(reading.migrations());
}

}  // namespace migrations::layouts
