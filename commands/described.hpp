// commands/described.hpp: what one statement does, by its text.
#pragma once

#include "migrations/sql/action.hpp"

#include <string>

namespace commands {

// Other{} where it is more than one, or does not parse.
[[nodiscard]] migrations::sql::Action described(const std::string& statement);

}  // namespace commands
