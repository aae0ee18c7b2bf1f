// tools/varve/told_commands.hpp: the commands that a message tells to give next.
//
// Whoever pastes "varve rollback --only 0007" means the database of which the message speaks, and
// not the one that is chosen where nothing is said: behind the verb stands again what chose it.
#pragma once

#include "tools/varve/configuration.hpp"

#include <string>
#include <string_view>

namespace tools::varve {

// What chose the target, the ledger and the files, as options for a shell: " --env production".
// The environment also where the variable STAGE names it. A URL that holds a secret is "...".
[[nodiscard]] std::string choice_in_words(const Flags& flags);

// Whether the target is among what was chosen.
[[nodiscard]] bool chooses_target(const Flags& flags);

// `text`, with `choice` behind the verb of each of its commands that concerns a target. One that
// names an environment or a URL of its own is left as it is.
[[nodiscard]] std::string told_commands(std::string_view text, std::string_view choice);

}  // namespace tools::varve
