// commands/other_history.hpp: whether another migration tool has been at work on a target that this
// ledger is new to.
//
// When     a target on which nothing was ever applied by this ledger, and without a marker: asked
//          once in a target's life, for one session more.
// Refuses  "history-elsewhere": migrations of the folder count there as applied, or as begun; the
//          table is the folder's own tool's, and knows other migrations alone; or what it says
//          cannot be read.
#pragma once

#include "ledger/events/target.hpp"
#include "ledger/result.hpp"
#include "migrations/bookkeeping/history.hpp"
#include "projections/target_state.hpp"

#include <functional>
#include <optional>

namespace commands {

// What another tool has kept of the target; refused "import-table-missing" where none has.
using ReadOtherHistory = std::function<ledger::Result<migrations::bookkeeping::History>()>;

// Of a target without a marker.
[[nodiscard]] bool is_new_to_ledger(const projections::TargetState& state);

// Nothing: there is none. A verdict: there is one, and `despite` it the run goes on.
[[nodiscard]] ledger::Result<std::optional<ledger::GateVerdict>> check_other_history(
    const ReadOtherHistory& read, bool despite);

}  // namespace commands
