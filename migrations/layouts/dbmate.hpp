// migrations/layouts/dbmate.hpp: VERSION_name.sql with "-- migrate:up" and "-- migrate:down".
//
// Format   -- migrate:up transaction:false
// Order    by file name, as text.
// Shape    up goes from the first up marker to the first down marker, down from there to the end.
// Refuses  a file without an up section, options that are not understood.
// Source   dbmate v2, pkg/dbmate/migration.go.
#pragma once

#include "migrations/layouts/reading.hpp"

namespace migrations::layouts {

void read_dbmate(Reading& reading);

// An up marker; any of the two.
[[nodiscard]] bool is_dbmate_line(std::string_view line);
[[nodiscard]] bool is_dbmate_mark(std::string_view line);

}  // namespace migrations::layouts
