// tools/varve/event_text.hpp: an event in one line for people.
#pragma once

#include "ledger/event.hpp"

#include <string>

namespace tools::varve {

// Whether the text says where it happened, or what stands beside it does.
enum class TargetTold { here, beside };

// What happened, without time and actor: "0003 failed on production: 23505 duplicate key ...".
[[nodiscard]] std::string sentence(const ledger::Event& event,
                                   TargetTold target = TargetTold::here);

}  // namespace tools::varve
