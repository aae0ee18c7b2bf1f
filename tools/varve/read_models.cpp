#include "tools/varve/read_models.hpp"

#include "projections/engine.hpp"
#include "projections/status.hpp"
#include "projections/target_state.hpp"

#include <array>

namespace tools::varve {

ledger::Result<void> bring_level(const ledger::Reader& reader, projections::RowStore& rows) {
    // Together: each event is read and decoded once.
    static const std::array asked{projections::target_state_projection(),
                                  projections::status_projection()};
    const auto level = projections::catch_up(reader, rows, projections::Projections{asked});
    if (!level) return ledger::fail(level.error());
    return {};
}

}  // namespace tools::varve
