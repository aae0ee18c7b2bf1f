// migrations/layouts/foldered.hpp: one folder a migration, named VERSION_name.
//
// Layouts  Prisma  NAME/migration.sql; by name as text; the version is the whole name
//          Diesel  VERSION_name/up.sql, down.sql, metadata.toml (run_in_transaction); by version as
//                  text, without dashes
//          Hasura  VERSION_name/up.sql, down.sql; by version as a number
// Refuses  a metadata.toml that is not understood; a migration_lock.toml of another database.
#pragma once

#include "migrations/layouts/reading.hpp"

namespace migrations::layouts {

void read_prisma(Reading& reading);
void read_diesel(Reading& reading);
void read_hasura(Reading& reading);

}  // namespace migrations::layouts
