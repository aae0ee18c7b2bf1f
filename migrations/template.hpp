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

}  // namespace migrations
