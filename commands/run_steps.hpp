// commands/run_steps.hpp: the steps of a plan one after the other, up or down, until the end or the
// first that does not succeed.
//
// Records  what attempts record. A lost connection is settled at once where the target answers
//          again; else the attempt stays in doubt, for the next command.
#pragma once

#include "commands/attempt.hpp"
#include "commands/run.hpp"
#include "commands/services.hpp"
#include "commands/situation.hpp"
#include "ledger/result.hpp"

namespace commands {

[[nodiscard]] ledger::Result<void> run_steps(Services& services, const TargetRequest& request,
                                             Situation& situation, const AttemptPolicy& policy,
                                             RunReport& report);

[[nodiscard]] ledger::Outcome outcome_of(RunEnd end);

}  // namespace commands
