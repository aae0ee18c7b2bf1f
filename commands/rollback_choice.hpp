// commands/rollback_choice.hpp: which of the applied migrations a rollback undoes, newest first.
//
// Order    as they were applied. Of one that a person has marked as applied it may be open since
//          when it is there: it is taken to come before all that comes later in the folder.
// Pure     from what the ledger knows, the folder's order and the options.
// Refuses  "version-unknown", "version-ambiguous", "version-not-applied"; "down-missing" where a
//          repeatable or a baseline is asked for; "run-unfinished", "rollback-unfinished" where
//          something half done has to be finished first; "rollback-order-unknown" where that
//          decides which ones are the newest.
#pragma once

#include "commands/rollback.hpp"
#include "ledger/result.hpp"

#include <string>
#include <vector>

namespace commands {

struct RollbackChoice {
    std::vector<ledger::Version> versions;  // in the order to undo
    // Applied, not older than what is undone, and without a way back: "R__views (repeatable)".
    std::vector<std::string> left_alone;
};

// Oldest first.
[[nodiscard]] std::vector<ledger::Version> order_applied(const Known& known,
                                                         const migrations::Folder& folder);

[[nodiscard]] ledger::Result<RollbackChoice> choose(const Known& known,
                                                    const migrations::Folder& folder,
                                                    const RollbackOptions& options);

// "run-unfinished" where a migration is applied in part: what is below carries it.
[[nodiscard]] ledger::Result<void> check_nothing_half_applied(
    const projections::TargetState& state);

// Whether the ledger knows it as repeatable.
[[nodiscard]] bool is_repeatable(const Known& known, const ledger::Version& version);

}  // namespace commands
