// commands/undo_run.hpp: what a failed run has applied, undone again by the down scripts.
//
// Order    before the run: every planned migration must have a way back, or nothing is begun. After
//          its RunFinished: RollbackStarted, the downs, newest first, RollbackFinished.
// Refuses  before: "down-missing", "down-irreversible", "validation-failed". After:
// "run-unfinished"
//          where the migration that failed is applied in part, since what is below carries it.
// Records  as a rollback does, under a run of its own and the run's correlation.
#pragma once

#include "commands/rollback.hpp"
#include "commands/run.hpp"
#include "commands/services.hpp"
#include "commands/situation.hpp"
#include "ledger/result.hpp"

namespace commands {

[[nodiscard]] ledger::Result<ledger::GateVerdict> check_way_back(
    const Plan& plan, const Known& known, const std::shared_ptr<const migrations::Folder>& folder,
    const KeptScripts& find);

// Whether the run ended in a way that is undone where that was asked for.
[[nodiscard]] bool is_to_undo(const RunReport& report, const RunOptions& options);

// After RunFinished is on record. What came of it is in the report: `undone` or `not_undone`.
void undo_run(Services& services, const RunRequest& request, Situation& situation,
              RunReport& report);

}  // namespace commands
