// commands/other_history.hpp: whether another migration tool has applied what is pending here.
//
// When     a target on which nothing was ever applied by this ledger, and without a marker; and one
//          whose history was imported, as that tool may go on, also where its table was moved.
//          For one session more.
// Refuses  "history-elsewhere": migrations of the folder count there as applied, or as begun; the
//          table is the folder's own tool's, and knows other migrations alone; or what it says
//          cannot be read. Of a tool that is not imported the help is a baseline; where none of the
//          folder's is in its table, a note. Of what was imported: the same that came after the
//          import; where the role may not read it any more, a note. A baseline: what counts as
//          applied above it, and what is unfinished. "takeover-cut-off": an import or a baseline
//          of which the ledger has a part alone.
#pragma once

#include "ledger/events/target.hpp"
#include "ledger/identity.hpp"
#include "ledger/result.hpp"
#include "migrations/bookkeeping/history.hpp"
#include "migrations/bookkeeping/tools.hpp"
#include "projections/target_state.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace commands {

// What another tool has kept of the target; refused "import-table-missing" where none has.
using ReadOtherHistory = std::function<ledger::Result<migrations::bookkeeping::History>(
    const migrations::bookkeeping::Wanted&)>;

// Which history has to be asked of a target where something is pending; nothing: none.
[[nodiscard]] std::optional<migrations::bookkeeping::Wanted> history_to_ask(
    const projections::TargetState& state);

// What writes the rest of it.
[[nodiscard]] std::string finishing_command(const projections::CutOffTakeover& cut_off);

// Nothing: none stands in the way, or nobody asks. A verdict: one does, and `despite` it is gone
// on; or it is to be noted.
[[nodiscard]] ledger::Result<std::optional<ledger::GateVerdict>> check_other_history(
    const ReadOtherHistory& read, const projections::TargetState& state, bool despite);

// The same before a baseline, above which these would be applied.
[[nodiscard]] ledger::Result<std::optional<ledger::GateVerdict>> check_history_above(
    const ReadOtherHistory& read, const projections::TargetState& state,
    const std::vector<ledger::Version>& above, bool despite);

}  // namespace commands
