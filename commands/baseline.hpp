// commands/baseline.hpp: takes over a database that is already there.
//
// Shape    every versioned migration of the folder up to `to` counts as applied, by nobody's
//          attempt; what comes after it is pending, and so are repeatable migrations.
// Pure     plan_baseline() decides which; baseline() acts.
// Refuses  "baseline-too-late" where something is applied on this target, wholly or in part, or
//          another ledger has left a marker: a run that failed, and what was undone, are no
//          hindrance; "takeover-cut-off", but the same baseline again; "version-unknown"; what
//          check_history_above() refuses, since what another tool has above `to` would be applied
//          again.
// Records  TargetRegistered, registrations, BaselineTaken with a MigrationAdopted each,
//          MarkersWritten.
#pragma once

#include "commands/other_history.hpp"
#include "commands/reconcile.hpp"
#include "commands/services.hpp"
#include "commands/situation.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"

#include <memory>
#include <string>
#include <vector>

namespace commands {

struct BaselineRequest {
    TargetRequest target;
    std::shared_ptr<const migrations::Folder> folder;
    ledger::Version to;
    ReadOtherHistory other_history{};  // empty: nobody asks for it
    bool despite_history{};            // a person's word
};

struct BaselineReport {
    std::vector<ledger::Version> adopted;  // in the folder's order
    std::vector<std::string> notes;        // what was let through
};

// Whether nothing stands in the target: what failed is rolled back, what was undone is gone.
[[nodiscard]] bool may_take_baseline(const Standing& standing);

// Those that are taken over; they point into the folder.
[[nodiscard]] ledger::Result<std::vector<const migrations::Migration*>> plan_baseline(
    const Standing& standing, const migrations::Folder& folder, const ledger::Version& to);

[[nodiscard]] ledger::Result<BaselineReport> baseline(Services& services,
                                                      const BaselineRequest& request);

}  // namespace commands
