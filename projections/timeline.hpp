// projections/timeline.hpp: the audit timeline: which events are about a target, a migration, an
// actor, a run, a type, a span of time.
//
// Shape   an index of positions; the events themselves are read from the ledger.
// Format  a row for each indexed word and block of 256 positions: the low bytes of the positions.
// Cost    a few small rows an event; a query reads the rows of the words it names.
#pragma once

#include "ledger/identity.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"
#include "projections/projection.hpp"
#include "projections/row_store.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace projections {

// All that is said must hold.
struct TimelineQuery {
    std::optional<ledger::Target> target;
    std::optional<ledger::Version> version;
    std::optional<std::string> actor;  // the actor's id
    std::optional<ledger::Uuid> run;
    std::optional<std::string> type;  // "attempt-failed.1", or "attempt-failed" for all versions
    std::optional<std::int64_t> since_us;  // recorded at or after
    std::optional<std::int64_t> until_us;  // recorded at or before
    std::optional<std::uint64_t> size;     // as of the first so many events
    std::size_t limit{std::numeric_limits<std::size_t>::max()};
    bool newest_first{};  // also decides which ones a limit keeps
};

[[nodiscard]] const Projection& timeline_projection();

// The positions of the events that match; of those that the stored index has seen.
[[nodiscard]] ledger::Result<std::vector<std::uint64_t>> read_timeline(const RowStore& rows,
                                                                       const ledger::Reader& reader,
                                                                       const TimelineQuery& query);

}  // namespace projections
