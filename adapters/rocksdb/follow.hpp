// adapters/rocksdb/follow.hpp: a read-only copy of another ledger's folder, kept level with it.
//
// Takes    only what is new, and only what the source's anchor says is on its disk, so that a
//          power cut there never makes it shorter than the copy.
// Holds    every line against those before it; the source's root over what was copied before
//          against the copy's own; every signed checkpoint against the copy's root, and its
//          signature against the keys that the copy knows.
// Marked   by a file `follows`: nothing else may write to it. All that only reads reads it.
// Errors   corrupt "source-differs" with the first position where the source is not what was copied
//          before, or is shorter; corrupt "source-checkpoint-bad"; refused "destination-unfit",
//          "ledger-newer"; those of opening either folder.
#pragma once

#include "ledger/clock.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"

#include <cstdint>
#include <filesystem>

namespace adapters::rocksdb {

struct Followed {
    ledger::Head before;
    ledger::Head after;
    std::uint64_t checkpoint_count{};  // verified among what is new
    std::uint64_t checkpoint_size{};   // of the last of them
};

// Made where nothing is. Once; call it again for what has come since.
[[nodiscard]] ledger::Result<Followed> follow(const std::filesystem::path& source,
                                              const std::filesystem::path& destination);

}  // namespace adapters::rocksdb
