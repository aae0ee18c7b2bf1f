// adapters/rocksdb/tail.hpp: the end of the ledger, which the next commit goes on from. Internal.
//
// Trust    the last commit's root, its frontier and the lines of the last, not yet full tile must
//          agree: corrupt "ledger-damaged" otherwise.
// Cost     at most 255 lines are read, whatever the ledger's size.
#pragma once

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/database.hpp"
#include "ledger/identity.hpp"
#include "ledger/store.hpp"
#include "ledger/tree.hpp"

#include <cstdint>
#include <vector>

namespace adapters::rocksdb {

struct Tail {
    ledger::Uuid ledger;
    ledger::Frontier frontier;
    std::vector<ledger::Digest> leaves;  // since the last full tile of level 0
    std::int64_t recorded_at_us{};       // of the last event
    std::int64_t clock_us{};             // the highest reading so far
};

[[nodiscard]] ledger::Head head_of(const Tail& tail);

[[nodiscard]] ledger::Result<Tail> load_tail(const Database& database);

// The ledger has reached what its anchor says, and had the same root there: corrupt
// "ledger-behind-anchor" otherwise, naming the positions that are gone.
[[nodiscard]] ledger::Result<void> expect_anchored(const Database& database, const Tail& tail,
                                                   const Anchor& anchor);

}  // namespace adapters::rocksdb
