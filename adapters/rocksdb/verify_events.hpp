// adapters/rocksdb/verify_events.hpp: the two ways to verify an open ledger. Internal.
//
// Full    everything, from the events alone.
// New     what came after a checkpoint that is believed: the one that was kept, else the newest one
//         that a verification recorded in the ledger had found right, where the root that it states
//         is this tree's. Its own root has to be that of the tree; nothing before it is looked at.
// Errors  of the new, unless a fault was found all the same: refused "nothing-verified" (no
//         checkpoint to start from), "checkpoint-unfit" (the kept one is of another ledger);
//         corrupt "note-malformed", "checkpoint-malformed".
#pragma once

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/findings.hpp"
#include "adapters/rocksdb/verify.hpp"

#include <optional>
#include <string>

namespace adapters::rocksdb {

[[nodiscard]] Verification verify_events(const Database& database,
                                         const std::optional<Anchor>& anchor, Findings& findings);

[[nodiscard]] ledger::Result<Verification> verify_new_events(
    const Database& database, const std::optional<Anchor>& anchor,
    const std::optional<std::string>& kept_checkpoint, Findings& findings);

}  // namespace adapters::rocksdb
