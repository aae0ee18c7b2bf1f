#include "tools/varve/read_models.hpp"

#include "projections/engine.hpp"
#include "projections/status.hpp"
#include "projections/target_state.hpp"

namespace tools::varve {

ledger::Result<void> bring_level(const ledger::Reader& reader, projections::RowStore& rows) {
    for (const auto* projection :
         {&projections::target_state_projection(), &projections::status_projection()})
        if (auto level = projections::catch_up(reader, rows, *projection); !level)
            return ledger::fail(level.error());
    return {};
}

}  // namespace tools::varve
