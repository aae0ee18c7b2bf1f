// commands/rest_of_script.hpp: what is left of a script that is done in part.
#pragma once

#include "migrations/migration.hpp"

#include <cstddef>

namespace commands {

// As a run goes on with it: from that statement, in a session like new, with the settings of the
// file before it made again.
[[nodiscard]] migrations::Script rest_of(const migrations::Script& script, std::size_t from);

}  // namespace commands
