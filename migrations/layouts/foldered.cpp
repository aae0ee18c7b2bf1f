#include "migrations/layouts/foldered.hpp"

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
    for (const LayoutFile& file : reading.files())
        if (base_name(file.name) == "up.sql") add_folder(reading, file);
}

}  // namespace

void read_prisma(Reading& reading) {
    for (const LayoutFile& file : reading.files()) {
        if (base_name(file.name) == "migration_lock.toml") check_prisma_lock(reading, file);
        const std::string folder{base_name(parent_of(file.name))};
        if (base_name(file.name) != "migration.sql" || folder.empty()) continue;
        Migration migration;
        migration.version = {folder};
        const auto name = parse_folder_name(folder);
        migration.name = name && !name->name.empty() ? name->name : folder;
        migration.up = reading.script(file, false);
        if (const LayoutFile* down = beside(reading, file, "down.sql"))
            migration.down = reading.script(*down, true);
        reading.add(std::move(migration));
    }
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
