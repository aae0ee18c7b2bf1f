// projections/engine.hpp: keeps read models level with the ledger, and folds the past again.
//
// Atomic   rows, position and state hash go in one batch, some thousand events at a time: after any
//          crash they agree, and the next catch-up goes on from there.
// Rebuilt  where the stored position is beyond the ledger's end, the ledger is another one or has
//          another history up to there, or the rows are of another version.
// Trust    the tree over the lines that were folded must have the ledger's own root, at every
//          catch-up: corrupt "ledger-damaged" otherwise.
// Cost     a few microseconds an event.
// Errors   those of the reader and of the rows; corrupt "event-unreadable";
//          refused "position-beyond-end".
#pragma once

#include "ledger/digest.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"
#include "projections/memory_rows.hpp"
#include "projections/progress.hpp"
#include "projections/projection.hpp"
#include "projections/row_store.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace projections {

struct CaughtUp {
    Progress progress;
    std::uint64_t folded_count{};
    std::optional<std::string> rebuilt_because;  // for people
};

struct CheckOutcome {
    std::uint64_t position{};  // that both were folded up to
    ledger::Digest stored_hash;
    ledger::Digest rebuilt_hash;
    std::vector<std::string> different_keys;       // at most 10, without the projection's prefix
    std::vector<std::uint64_t> different_moments;  // some of which the past is kept otherwise
    [[nodiscard]] bool equal() const {
        return different_keys.empty() && stored_hash == rebuilt_hash && different_moments.empty();
    }
};

// How far the stored rows of this version are; nothing where there are none.
[[nodiscard]] ledger::Result<std::optional<Progress>> progress(const RowStore& rows,
                                                               const Projection& projection);

ledger::Result<CaughtUp> catch_up(const ledger::Reader& reader, RowStore& rows,
                                  const Projection& projection);
// Several at once, in their order: what stands at one position is folded in one pass.
using Projections = std::span<const Projection>;
ledger::Result<std::vector<CaughtUp>> catch_up(const ledger::Reader& reader, RowStore& rows,
                                               Projections projections);

// From nothing, whatever is stored.
ledger::Result<CaughtUp> rebuild(const ledger::Reader& reader, RowStore& rows,
                                 const Projection& projection);
ledger::Result<std::vector<CaughtUp>> rebuild(const ledger::Reader& reader, RowStore& rows,
                                              Projections projections);

// Folds again in memory, up to the stored position, and compares byte by byte.
[[nodiscard]] ledger::Result<CheckOutcome> check(const ledger::Reader& reader, const RowStore& rows,
                                                 const Projection& projection);

// The same with rows that were folded again already, up to the stored position.
[[nodiscard]] ledger::Result<CheckOutcome> check_against(const RowStore& rebuilt,
                                                         const RowStore& rows,
                                                         const Projection& projection);

// The rows as they were after the first `size` events: ask any view of them.
[[nodiscard]] ledger::Result<MemoryRows> fold_to(const ledger::Reader& reader,
                                                 const Projection& projection, std::uint64_t size);

// How many events were recorded at or before that time: the `size` that as-of means.
[[nodiscard]] ledger::Result<std::uint64_t> position_at(const ledger::Reader& reader,
                                                        std::int64_t time_us);

}  // namespace projections
