// projections/target_head.hpp: what a target is, without what became of each of its migrations.
#pragma once

#include "projections/target_state.hpp"

namespace projections {

// As read_target_state(), with no migrations: a read of one row, however many there are.
[[nodiscard]] ledger::Result<TargetState> read_target_head(const RowStore& rows,
                                                           const ledger::Target& target);

}  // namespace projections
