// migrations/kept_script.hpp: a script made again from the bytes that the ledger keeps of it.
//
// Use     for what must be run or looked at when its file is gone or was edited. Placeholders are
//         not replaced: give it the text that was executed.
#pragma once

#include "migrations/migration.hpp"

#include <string>

namespace migrations {

[[nodiscard]] Script kept_script(const std::string& path, const std::string& text);

}  // namespace migrations
