// tools/varve/told_commands.hpp: the commands that a message tells to give next.
//
// Whoever pastes "varve rollback --only 0007" means the database of which the message speaks, and
// not the one that is chosen where nothing is said: behind the verb stands again what chose it.
#pragma once

#include "tools/varve/configuration.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tools::varve {

struct ChosenOption {
    std::string name;  // "--env"
    std::string word;  // as a shell takes it
};

// What chose the configuration, the target, the ledger and the files. The environment also where
// the variable STAGE names it. A URL that holds a secret is "...", and so is a placeholder's value
// that is one, or is called one.
[[nodiscard]] std::vector<ChosenOption> chosen_options(const Flags& flags);

// The same where the message is about that target, whichever was chosen.
[[nodiscard]] std::vector<ChosenOption> chosen_for(std::vector<ChosenOption> chosen,
                                                   std::string_view target);

// `text`, with what was chosen behind the verb of each of its commands: of one about a target all
// of it, of one about the ledger where that is. What a command says itself is left to it.
[[nodiscard]] std::string told_commands(std::string_view text,
                                        const std::vector<ChosenOption>& chosen);

}  // namespace tools::varve
