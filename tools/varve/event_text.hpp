// tools/varve/event_text.hpp: an event in one line for people.
#pragma once

#include "ledger/event.hpp"

#include <string>

namespace tools::varve {

// What happened, without time and actor: "attempt of 0003 failed: 23505 duplicate key ...".
[[nodiscard]] std::string sentence(const ledger::Event& event);

}  // namespace tools::varve
