// projections/folding.hpp: rows of read models on their way from one position to another.
//
// Atomic   a batch of events ends at the latest where a moment of the past is kept
//          (projections/past.hpp); its rows, their position, hash and images go in one write.
// Errors   those of the reader and of the rows; corrupt "event-unreadable", "ledger-damaged".
#pragma once

#include "ledger/digest.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"
#include "ledger/tree.hpp"
#include "projections/progress.hpp"
#include "projections/projection.hpp"
#include "projections/row_store.hpp"
#include "projections/rows.hpp"

#include <cstdint>
#include <deque>
#include <string>

namespace projections {

class Folding {
public:
    // Both outlive this.
    Folding(RowStore& rows, const Projection& projection, Progress progress)
        : rows_(rows),
          projection_(projection),
          progress_(std::move(progress)),
          batch_(rows, row_prefix(projection), progress_.position == 0 ? &known_ : nullptr) {}
    Folding(const Folding&) = delete;
    Folding& operator=(const Folding&) = delete;

    [[nodiscard]] const Progress& progress() const { return progress_; }
    [[nodiscard]] const Projection& projection() const { return projection_; }
    void begin_batch() { batch_.clear(); }
    ledger::Result<void> apply(const ledger::Record& record);
    // The batch, with the position that it leads to.
    ledger::Result<void> write(const ledger::Frontier& frontier);

private:
    RowStore& rows_;
    const Projection& projection_;
    Progress progress_;
    KnownKeys known_;
    Rows batch_;
};

using Foldings = std::deque<Folding>;

[[nodiscard]] std::string progress_key(const Projection& projection);

// Of nothing, in the ledger that ends there.
[[nodiscard]] Progress nothing_of(const ledger::Head& head);

// The tree's root over what was folded; over the ledger's first `size` events.
[[nodiscard]] ledger::Result<ledger::Digest> root_of(const Progress& progress);
[[nodiscard]] ledger::Result<ledger::Digest> root_of(const ledger::Reader& reader,
                                                     const ledger::Head& head, std::uint64_t size);

// Why stored rows cannot be gone on from; empty where they can.
[[nodiscard]] ledger::Result<std::string> reason_to_rebuild(const ledger::Reader& reader,
                                                            const ledger::Head& head,
                                                            const Progress& stored);

// All of them stand at one position. Each event is read, hashed and decoded once for all, and what
// was folded must have the ledger's own root. Of an empty ledger rows are written too, so that they
// are known to be level with it.
ledger::Result<void> fold_from(const ledger::Reader& reader, const ledger::Head& head,
                               Foldings& foldings, std::uint64_t size);

[[nodiscard]] ledger::Error damaged(std::string detail);

}  // namespace projections
