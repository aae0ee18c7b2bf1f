// migrations/layouts/graphile_migrate.hpp: committed/000001[-name].sql, each naming the one before.
//
// Format   --! Previous: sha1:...   --! Hash: sha1:...   --! Message: ...   --! no-transaction
// Refuses  a chain that is broken: Previous is not the Hash of the file before.
// Source   graphile-migrate, src/migration.ts. The hashes themselves are not computed again: each
//          file's digest is kept.
#pragma once

#include "migrations/layouts/reading.hpp"

namespace migrations::layouts {

void read_graphile_migrate(Reading& reading);

}  // namespace migrations::layouts
