// tools/varve/confirmation.hpp: what is asked before something that cannot be taken back.
//
// Refuses  "confirmation-declined": the answer was no, or none came. Nothing was done, and what a
//          script has after it does not go on as if it were.
#pragma once

#include "ledger/result.hpp"
#include "tools/varve/console.hpp"

#include <string>

namespace tools::varve {

// Whether somebody sits there who could answer.
[[nodiscard]] bool can_ask(const Console& console);

[[nodiscard]] ledger::Result<void> ask(const std::string& question);

}  // namespace tools::varve
