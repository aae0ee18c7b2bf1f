#include "projections/catalogue.hpp"

#include "projections/status.hpp"
#include "projections/target_state.hpp"
#include "projections/timeline.hpp"

#include <algorithm>

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

namespace {

bool are_level(const ledger::Reader& reader, const RowStore& rows) {
    const auto head = reader.head();
    return head && std::all_of(all_projections().begin(), all_projections().end(),
                               [&](const Projection& projection) {
                                   const auto stored = progress(rows, projection);
                                   return stored && *stored && (*stored)->position == head->size;
                               });
}

}  // namespace

std::array<ledger::Result<CheckOutcome>, 3> check_all(const ledger::Reader& reader,
                                                      const RowStore& rows) {
    const auto& [one, two, three] = all_projections();
    MemoryRows again;
    if (are_level(reader, rows) && rebuild(reader, again, Projections{all_projections()}))
        return {check_against(again, rows, one), check_against(again, rows, two),
                check_against(again, rows, three)};
    return {check(reader, rows, one), check(reader, rows, two), check(reader, rows, three)};
}

}  // namespace projections
