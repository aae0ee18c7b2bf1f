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

// What the sentence only counts: the findings of a validation or an import; else nothing.
[[nodiscard]] std::string findings_text(const ledger::Event& event);

}  // namespace tools::varve
