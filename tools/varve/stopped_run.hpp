// tools/varve/stopped_run.hpp: what a run or a rollback that stopped has left, and what to do next,
// in words.
#pragma once

#include "commands/run.hpp"

#include <string>

namespace tools::varve {

[[nodiscard]] bool undoes(const commands::RunReport& report);

// "2 migrations applied, 1 not".
[[nodiscard]] std::string stopped_where(const commands::RunReport& report);

// What is left of the migration that stopped, and what to do.
[[nodiscard]] std::string after_failure(const commands::RunReport& report);

// How a script that is not one transaction is gone on with.
[[nodiscard]] std::string after_cancelling(const commands::RunReport& report);

// The migration, or all of them where they are one transaction.
[[nodiscard]] std::string in_doubt_of(const commands::RunReport& report);
// " (why)": of what stays in doubt, though the target was asked again.
[[nodiscard]] std::string why_untold(const commands::RunReport& report);

// Of a statement of which only a person can tell whether it has happened.
[[nodiscard]] std::string half_done(const commands::RunReport& report);

}  // namespace tools::varve
