// migrations/uniqueness.hpp: no two migrations of a folder may have one version.
//
// Shape  "001" and "1" are one number, "1.0" and "1" one Flyway version.
#pragma once

#include "migrations/migration.hpp"

#include <string>
#include <string_view>

namespace migrations {

// One text for all spellings of a version.
[[nodiscard]] std::string version_key(std::string_view version);

// Says each duplicate, naming both files.
void say_duplicates(Folder& folder);

}  // namespace migrations
