// projections/catalogue.hpp: every read model that is stored.
#pragma once

#include "projections/engine.hpp"
#include "projections/projection.hpp"

#include <array>

namespace projections {

[[nodiscard]] const std::array<Projection, 3>& all_projections();

ledger::Result<void> catch_up_all(const ledger::Reader& reader, RowStore& rows);

// Of each, in the order above; folded again in one pass where all are level with the ledger.
[[nodiscard]] std::array<ledger::Result<CheckOutcome>, 3> check_all(const ledger::Reader& reader,
                                                                    const RowStore& rows);

}  // namespace projections
