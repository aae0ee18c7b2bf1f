// migrations/layouts/directed.hpp: one file a direction, VERSION_name.up.sql and .down.sql.
//
// Layouts  varve, golang-migrate, morph, sqlx (reversible); popx and fizz, whose files may be for
//          one dialect (.postgres.), which goes before the general one, or without a transaction
//          (.autocommit.).
// Order    by number; pop's tools compare versions as text.
#pragma once

#include "migrations/layouts/reading.hpp"

namespace migrations::layouts {

void read_directed(Reading& reading);
void read_pop(Reading& reading);

}  // namespace migrations::layouts
