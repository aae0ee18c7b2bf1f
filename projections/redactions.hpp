// projections/redactions.hpp: where content was redacted, so that nobody looks through all events.
//
// Fold  rows of the status projection, so that nothing is decoded once more for them.
#pragma once

#include "ledger/event.hpp"
#include "ledger/result.hpp"
#include "projections/row_store.hpp"
#include "projections/rows.hpp"

#include <cstdint>
#include <vector>

namespace projections {

void fold_redactions(Rows& rows, const ledger::Record& record);

// The positions of the events, in order. Of rows that status_projection() has brought level.
[[nodiscard]] ledger::Result<std::vector<std::uint64_t>> read_redactions(const RowStore& rows);

}  // namespace projections
