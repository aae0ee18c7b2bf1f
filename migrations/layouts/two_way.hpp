// migrations/layouts/two_way.hpp: one file with both ways, in the smaller tools.
//
// Layouts  node-pg-migrate: "-- Up Migration" and "-- Down Migration"; a file without is all up.
//          tern: "---- create above / drop below ----".
#pragma once

#include "migrations/layouts/reading.hpp"

namespace migrations::layouts {

void read_node_pg_migrate(Reading& reading);
void read_tern(Reading& reading);

[[nodiscard]] bool is_node_pg_migrate_line(std::string_view line);
[[nodiscard]] bool is_tern_line(std::string_view line);

}  // namespace migrations::layouts
