// commands/run_together.hpp: all steps of a plan in one transaction of the target: all of them are
// applied, or none.
//
// Order    RunStarted is durable before COMMIT, and its plan announces every attempt
//          (commands/announced.hpp): so whoever settles a run that died finds all of them by
//          their markers, or none. Their starts and outcomes are recorded after COMMIT.
// Records  AttemptStarted and AttemptSucceeded of each; or of the one that failed, or was
//          cancelled, alone: nothing of the others was ever there.
// Retries  the whole transaction, as commands/retry.hpp says; each failed try is an attempt.
// Refuses  "not-one-transaction": a script that cannot be part of one.
// Doubt    where the target does not answer after COMMIT was sent, the run ends in doubt and stays
//          open in the ledger: the next command settles it.
#pragma once

#include "commands/retry.hpp"
#include "commands/run.hpp"
#include "commands/services.hpp"
#include "commands/situation.hpp"
#include "ledger/result.hpp"

namespace commands {

[[nodiscard]] ledger::Result<ledger::GateVerdict> check_together(const Plan& plan);

[[nodiscard]] ledger::Result<void> run_together(Services& services, const TargetRequest& request,
                                                Situation& situation, const AttemptPolicy& policy,
                                                RunReport& report);

}  // namespace commands
