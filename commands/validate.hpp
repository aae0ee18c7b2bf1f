// commands/validate.hpp: whether a folder may be run, by its own text and by what was applied.
//
// Pure     no database is asked; with no ledger at hand only the files are judged.
#pragma once

#include "commands/situation.hpp"
#include "ledger/result.hpp"
#include "migrations/diagnostic.hpp"
#include "migrations/migration.hpp"

#include <vector>

namespace commands {

// What is wrong in the folder, with what the ledger adds: files changed or gone since they were
// applied, versions out of order; and empty_scripts().
[[nodiscard]] std::vector<migrations::Diagnostic> validate(const migrations::Folder& folder,
                                                           const projections::TargetState* state);

// Takes away what is said of versions out of order.
void leave_out_order(std::vector<migrations::Diagnostic>& findings);

// No statement, or BEGIN and COMMIT alone.
[[nodiscard]] bool does_nothing(const migrations::Script& script);

// A warning, "script-empty", for each that is pending and does nothing: it would count as applied,
// and what is written into it later would never run. Without a state all are pending.
[[nodiscard]] std::vector<migrations::Diagnostic> empty_scripts(
    const migrations::Folder& folder, const projections::TargetState* state);

// Refused "validation-failed" where an error stands in the way of undoing.
[[nodiscard]] ledger::Result<void> check_undoable(const migrations::Folder& folder);

// The same of a run: of what it leaves alone, nothing that only running would meet.
[[nodiscard]] ledger::Result<void> check_runnable(const migrations::Folder& folder,
                                                  const projections::TargetState& state);

// The same of taking over what has been run.
[[nodiscard]] ledger::Result<void> check_readable(const migrations::Folder& folder);

}  // namespace commands
