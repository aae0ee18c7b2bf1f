// adapters/rocksdb/tree_cache.hpp: hashes of complete subtrees, kept while a ledger is open.
// Internal.
//
// Why      such a hash never changes, and proofs ask for the same ones again and again: each would
//          be made of hundreds of rows.
// Cost     at most 64 bytes for every 256 events that are asked for, and 1,024 tiles of 16 KiB.
// Threads  every member may be called from any thread.
#pragma once

#include "ledger/digest.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace adapters::rocksdb {

class TreeCache {
public:
    // All nodes below a full tile's root: its 256 hashes, then those of each level above them.
    using Nodes = std::vector<ledger::Digest>;
    using Tile = std::shared_ptr<const Nodes>;

    [[nodiscard]] std::optional<ledger::Digest> hash(unsigned level, std::uint64_t index) const {
        const std::scoped_lock lock{mutex_};
        const auto found = hashes_.find({level, index});
        return found == hashes_.end() ? std::nullopt : std::optional{found->second};
    }
    void keep(unsigned level, std::uint64_t index, const ledger::Digest& hash) {
        const std::scoped_lock lock{mutex_};
        hashes_.emplace(Place{level, index}, hash);
    }

    // Nothing where it is not kept.
    [[nodiscard]] Tile tile(unsigned level, std::uint64_t index) const {
        const std::scoped_lock lock{mutex_};
        const auto found = tiles_.find({level, index});
        return found == tiles_.end() ? nullptr : found->second;
    }
    void keep(unsigned level, std::uint64_t index, Tile tile) {
        const std::scoped_lock lock{mutex_};
        if (tiles_.size() == tiles_max) tiles_.clear();
        tiles_.emplace(Place{level, index}, std::move(tile));
    }

private:
    using Place = std::pair<unsigned, std::uint64_t>;
    static constexpr std::size_t tiles_max = 1024;

    mutable std::mutex mutex_;
    std::map<Place, ledger::Digest> hashes_;
    std::map<Place, Tile> tiles_;
};

}  // namespace adapters::rocksdb
