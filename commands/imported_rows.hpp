// commands/imported_rows.hpp: a row of another tool's table, against what became of its migration
// here since it was imported.
//
// Stale   it was taken over, undone here, and its row is still the one that was there then: no
//         news. A tool that keeps no time has no other.
#pragma once

#include "migrations/bookkeeping/history.hpp"
#include "projections/target_state.hpp"

namespace commands {

// nullptr: the ledger knows nothing of it. What was taken over without a file has the version as
// the tool spells it, also where its file has come since.
[[nodiscard]] const projections::MigrationState* known_as(
    const projections::TargetState& state, const migrations::bookkeeping::Entry& entry);

[[nodiscard]] bool is_stale(const projections::MigrationState& known,
                            const migrations::bookkeeping::Entry& entry);

// The ledger has seen this migration, and says that it is not there.
[[nodiscard]] bool contradicts(const projections::MigrationState& known,
                               const migrations::bookkeeping::Entry& entry);

}  // namespace commands
