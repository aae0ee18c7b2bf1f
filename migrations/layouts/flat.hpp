// migrations/layouts/flat.hpp: one file a migration, without sections: numbered or dated names.
//
// Layouts  supabase, sqlx (simple), postgres-migrations, graphile-worker, graphile-migrate, plain.
// Order    by number, then by name.
#pragma once

#include "migrations/layouts/reading.hpp"

namespace migrations::layouts {

void read_flat(Reading& reading);

// sqlx: simple or reversible, whichever the files are.
void read_sqlx(Reading& reading);

}  // namespace migrations::layouts
