// commands/history_script.hpp: what was in force once, as a script that can be run again.
#pragma once

#include "commands/replay_sql.hpp"
#include "migrations/migration.hpp"

#include <optional>

namespace commands {

// Nothing where its SQL was left out or is missing.
[[nodiscard]] std::optional<migrations::Script> history_script(const ReplayedScript& replayed);

}  // namespace commands
