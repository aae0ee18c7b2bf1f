// migrations/layouts/flyway.hpp: V1.1__name.sql, U1.1__name.sql, R__name.sql, B1__name.sql.
//
// Order    versions part by part as numbers ("1.2" < "1.10", "_" is "."), a baseline after the
//          versions it stands for, repeatable ones last, by name.
// Format   NAME.sql.conf beside a script: executeInTransaction, placeholderReplacement, encoding,
//          shouldExecute.
// Refuses  callbacks that take part in a migration, and migrations that are not SQL.
// Source   Flyway 10, "Migrations", "Script Configuration", "Callbacks".
#pragma once

#include "migrations/layouts/reading.hpp"

namespace migrations::layouts {

void read_flyway(Reading& reading);

// V, U, R or B and "__": what a Flyway folder is recognised by.
[[nodiscard]] bool is_flyway_name(std::string_view file_name);

}  // namespace migrations::layouts
