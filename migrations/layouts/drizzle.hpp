// migrations/layouts/drizzle.hpp: TAG.sql as meta/_journal.json lists them, or TAG/migration.sql.
//
// Order    the journal's; of folders, by name. A file that the journal does not list never runs.
// Format   "--> statement-breakpoint" ends a statement, with or without a semicolon.
// Version  the tag: what drizzle-kit calls it, and the only thing that is unique.
// Refuses  a journal that cannot be read, that is of another database, or that lists a missing
// file.
#pragma once

#include "migrations/layouts/reading.hpp"

namespace migrations::layouts {

void read_drizzle(Reading& reading);

[[nodiscard]] bool is_drizzle_boundary(std::string_view comment);

}  // namespace migrations::layouts
