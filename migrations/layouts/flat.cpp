#include "migrations/layouts/flat.hpp"

#include "migrations/layouts/comments.hpp"
#include "migrations/layouts/directed.hpp"
#include "migrations/layouts/names.hpp"
#include "migrations/layouts/order.hpp"

#include <algorithm>

namespace migrations::layouts {

void read_flat(Reading& reading) {
    for (const LayoutFile& file : reading.files()) {
        if (file.name.find('/') != std::string::npos) continue;
        const auto name = parse_single_name(file.name);
        if (!name) continue;
        Migration migration;
        migration.version = {name->version};
        migration.name = name->name;
        migration.up = reading.script(file, false, declared_mode(reading, file));
        reading.add(std::move(migration));
    }
    sort_by_number(reading.migrations());
}

void read_sqlx(Reading& reading) {
    read_directed(reading);
    read_flat(reading);  // sqlx takes each file by its own name
}

}  // namespace migrations::layouts
