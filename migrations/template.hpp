// migrations/template.hpp: the text that a new migration begins with.
#pragma once

#include <string>
#include <string_view>

namespace migrations {

struct NewMigration {
    std::string up;
    std::string down;
};

[[nodiscard]] NewMigration new_migration(std::string_view name);

// Whether a folder of that layout runs them, under VERSION_name.up.sql and .down.sql.
[[nodiscard]] bool takes_new_migration(std::string_view layout);

}  // namespace migrations
