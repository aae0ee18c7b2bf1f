#include "projections/catalogue.hpp"

#include "projections/status.hpp"
#include "projections/target_state.hpp"
#include "projections/timeline.hpp"

namespace projections {

const std::array<Projection, 3>& all_projections() {
    static const std::array<Projection, 3> all{target_state_projection(), status_projection(),
                                               timeline_projection()};
    return all;
}

ledger::Result<void> catch_up_all(const ledger::Reader& reader, RowStore& rows) {
    if (const auto caught_up = catch_up(reader, rows, Projections{all_projections()}); !caught_up)
        return ledger::fail(caught_up.error());
    return {};
}

}  // namespace projections
