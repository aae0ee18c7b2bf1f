// projections/catalogue.hpp: every read model that is stored.
#pragma once

#include "projections/engine.hpp"
#include "projections/projection.hpp"

#include <array>

namespace projections {

[[nodiscard]] const std::array<Projection, 3>& all_projections();

ledger::Result<void> catch_up_all(const ledger::Reader& reader, RowStore& rows);

}  // namespace projections
