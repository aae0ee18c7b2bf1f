// tools/varve/switches.hpp: the switches in the environment, MIGRATION_DRY_RUN and its kin, which
// keep the names that they have in the system that this one replaces.
//
// Format   true, yes, on, 1, or false, no, off, 0; in any case, spaces around it do not count.
//          Empty is not set.
// Refuses  "configuration-invalid": anything else, since whoever sets one relies on it.
// Threads  before any is begun: the environment is read.
#pragma once

#include "ledger/result.hpp"

namespace tools::varve {

[[nodiscard]] ledger::Result<void> check_switches();

[[nodiscard]] bool is_switched_on(const char* name);
// Said to be off; one that is not set is neither.
[[nodiscard]] bool is_switched_off(const char* name);

}  // namespace tools::varve
