#include "adapters/rocksdb/history.hpp"

#include "adapters/rocksdb/checkpoint_rows.hpp"
#include "adapters/rocksdb/content_row.hpp"
#include "ledger/tree.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace adapters::rocksdb {

using ledger::Code;
using ledger::Digest;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::uint64_t long_read = 1000;

tl::unexpected<ledger::Error> missing(std::uint64_t position) {
    return ledger_damaged("event " + std::to_string(position) + " is missing");
}

// With files read ahead, and nothing left in the cache that others use.
Result<void> each_of_many(const Database& database, std::uint64_t begin, std::uint64_t end,
                          const ledger::Reader::TakeLine& take) {
    const auto rows = database.scan(Family::events, number_bytes(begin));
    for (; rows->Valid() && begin < end; rows->Next()) {
        if (number_of(rows->key().ToStringView()) != begin) break;
        if (auto taken = take(rows->value().ToStringView()); !taken) return taken;
        ++begin;
    }
    if (!rows->status().ok()) return fail(error_of(rows->status(), "reading"));
    if (begin != end) return missing(begin);
    return {};
}

Digest fold(std::vector<Digest> hashes) {  // of a power of two
    for (std::size_t count = hashes.size(); count > 1; count /= 2)
        for (std::size_t index = 0; index < count / 2; ++index)
            hashes[index] = ledger::node_hash(hashes[2 * index], hashes[2 * index + 1]);
    return hashes.front();
}

Result<std::vector<Digest>> leaves(const Database& database, std::uint64_t begin,
                                   std::uint64_t count) {
    const auto rows = database.rows(Family::events, number_bytes(begin), {}, count);
    if (!rows) return fail(rows.error());
    std::vector<Digest> hashes;
    for (const auto& [key, line] : *rows)
        if (number_of(key) == begin + hashes.size()) hashes.push_back(ledger::leaf_hash(line));
    if (hashes.size() != count) return missing(begin + hashes.size());
    return hashes;
}

// Where the nodes of that level begin, among those of a full tile.
constexpr std::size_t first_node(unsigned level) {
    return 2 * tile_width - ((2 * tile_width) >> level);
}

TreeCache::Nodes nodes_of(std::string_view tile) {
    TreeCache::Nodes nodes;
    nodes.reserve(2 * tile_width - 1);
    for (std::size_t offset = 0; offset < tile.size(); offset += digest_bytes)
        nodes.push_back(digest_of(tile.substr(offset, digest_bytes)));
    for (std::size_t child = 0; nodes.size() < 2 * tile_width - 1; child += 2)
        nodes.push_back(ledger::node_hash(nodes[child], nodes[child + 1]));
    return nodes;
}

class Subtrees {
public:
    Subtrees(const Database& database, TreeCache& cache) : database_{database}, cache_{cache} {}

    Result<Digest> hash(unsigned level, std::uint64_t index) const;

private:
    // Nothing where it is not full, and so not stored.
    Result<TreeCache::Tile> tile(unsigned level, std::uint64_t index) const;
    Result<Digest> compute(unsigned level, std::uint64_t index, bool& is_cheap) const;
    Result<Digest> below(unsigned tile_level, std::uint64_t index) const;

    const Database& database_;
    TreeCache& cache_;
};

Result<TreeCache::Tile> Subtrees::tile(unsigned level, std::uint64_t index) const {
    if (auto kept = cache_.tile(level, index)) return kept;
    const auto row = database_.get(Family::tiles, tile_key(level, index));
    if (!row) return fail(row.error());
    if (!*row) return TreeCache::Tile{};
    if ((*row)->size() != tile_width * digest_bytes)
        return ledger_damaged("a tile has another length");
    auto found = std::make_shared<const TreeCache::Nodes>(nodes_of(**row));
    cache_.keep(level, index, found);
    return TreeCache::Tile{std::move(found)};
}

// The hash of the subtree below one entry of a tile that is not full: its own tile is.
Result<Digest> Subtrees::below(unsigned tile_level, std::uint64_t index) const {
    const unsigned level = tile_level * levels_per_tile;
    if (const auto kept = cache_.hash(level, index)) return *kept;
    const auto lower = tile(tile_level - 1, index);
    if (!lower) return fail(lower.error());
    if (*lower == nullptr)
        return ledger_damaged("tile " + std::to_string(index) + " of level " +
                              std::to_string(tile_level - 1) + " is missing");
    const Digest hash = (*lower)->back();
    cache_.keep(level, index, hash);
    return hash;
}

Result<Digest> Subtrees::compute(unsigned level, std::uint64_t index, bool& is_cheap) const {
    const unsigned tile_level = level / levels_per_tile;
    const std::uint64_t count = std::uint64_t{1} << (level % levels_per_tile);
    const std::uint64_t begin = index * count;
    const auto stored = tile(tile_level, begin / tile_width);
    if (!stored) return fail(stored.error());
    if (*stored != nullptr) {
        is_cheap = true;
        return (**stored)[first_node(level % levels_per_tile) + index % (tile_width / count)];
    }
    if (tile_level == 0) {
        auto hashes = leaves(database_, begin, count);
        if (!hashes) return fail(hashes.error());
        return fold(std::move(*hashes));
    }
    std::vector<Digest> hashes;
    for (std::uint64_t entry = begin; entry < begin + count; ++entry) {
        auto hash = below(tile_level, entry);
        if (!hash) return hash;
        hashes.push_back(*hash);
    }
    return fold(std::move(hashes));
}

Result<Digest> Subtrees::hash(unsigned level, std::uint64_t index) const {
    if (const auto kept = cache_.hash(level, index)) return *kept;
    bool is_cheap = false;
    auto made = compute(level, index, is_cheap);
    if (made && !is_cheap) cache_.keep(level, index, *made);
    return made;
}

}  // namespace

Result<std::vector<std::string>> lines(const Database& database, std::uint64_t size,
                                       std::uint64_t position, std::size_t count_max) {
    std::vector<std::string> found;
    if (position >= size) return found;
    const std::uint64_t count = std::min<std::uint64_t>(count_max, size - position);
    if (count >= long_read) {
        found.reserve(count);
        const auto keep = [&](std::string_view line) -> Result<void> {
            found.emplace_back(line);
            return {};
        };
        if (auto read = each_of_many(database, position, position + count, keep); !read)
            return fail(read.error());
        return found;
    }
    auto rows = database.rows(Family::events, number_bytes(position), {}, count);
    if (!rows) return fail(rows.error());
    for (auto& [key, line] : *rows)
        if (number_of(key) == position + found.size()) found.push_back(std::move(line));
    if (found.size() != count) return missing(position + found.size());
    return found;
}

Result<void> each_line(const Database& database, std::uint64_t size, std::uint64_t position,
                       std::uint64_t count_max, const ledger::Reader::TakeLine& take) {
    if (position >= size) return {};
    const std::uint64_t count = std::min(count_max, size - position);
    if (count >= long_read) return each_of_many(database, position, position + count, take);
    const auto few = lines(database, size, position, count);
    if (!few) return fail(few.error());
    for (const std::string& line : *few)
        if (auto taken = take(line); !taken) return taken;
    return {};
}

Result<std::uint64_t> stream_version(const Database& database, std::uint64_t size,
                                     std::string_view stream) {
    const std::string prefix = stream_prefix(stream);
    std::uint64_t last_version = std::numeric_limits<std::uint64_t>::max();
    for (;;) {
        const auto row = database.last_until(Family::streams, stream_key(stream, last_version));
        if (!row) return fail(row.error());
        if (!*row || !(*row)->key.starts_with(prefix)) return 0;
        const auto version = number_of(std::string_view{(*row)->key}.substr(prefix.size()));
        const auto position = number_of((*row)->value);
        if (!version || *version == 0 || !position)
            return ledger_damaged("a row of `streams` is unreadable");
        if (*position < size) return *version;
        last_version = *version - 1;
    }
}

Result<std::vector<std::uint64_t>> stream_positions(const Database& database, std::uint64_t size,
                                                    std::string_view stream, std::uint64_t after,
                                                    std::size_t count_max) {
    std::vector<std::uint64_t> positions;
    if (after == std::numeric_limits<std::uint64_t>::max()) return positions;
    const auto rows = database.rows(Family::streams, stream_key(stream, after + 1),
                                    stream_prefix(stream), count_max);
    if (!rows) return fail(rows.error());
    for (const KeyValue& row : *rows) {
        const auto position = number_of(row.value);
        if (!position) return ledger_damaged("a row of `streams` is unreadable");
        if (*position < size) positions.push_back(*position);
    }
    return positions;
}

Result<std::optional<std::string>> content(const Database& database, const Digest& digest) {
    const auto row = database.get(Family::content, bytes_of(digest));
    if (!row) return fail(row.error());
    if (!*row || **row == tombstone) return std::optional<std::string>{};
    auto bytes = unpack(**row);
    if (!bytes || ledger::sha256(*bytes) != digest)
        return fail(Code::corrupt, "content-changed",
                    "content " + ledger::hex(digest) + " is not what was stored",
                    "restore it from a backup; the event that names it is not touched");
    return bytes;
}

Result<Digest> root_at(const Database& database, TreeCache& cache, std::uint64_t size,
                       std::uint64_t asked_size) {
    if (asked_size > size)
        return fail(
            Code::refused, "size-out-of-range",
            "the ledger has " + std::to_string(size) + " events, not " + std::to_string(asked_size),
            "ask for a size that the ledger has reached");
    return ledger::root_at(asked_size, [&](unsigned level, std::uint64_t index) {
        return Subtrees{database, cache}.hash(level, index);
    });
}

Result<Digest> subtree_at(const Database& database, TreeCache& cache, std::uint64_t size,
                          unsigned level, std::uint64_t index) {
    if (level >= 64 || index >= (size >> level))
        return fail(Code::refused, "size-out-of-range",
                    "the ledger has " + std::to_string(size) +
                        " events: that part of its tree is not complete",
                    "ask for a size that the ledger has reached");
    return Subtrees{database, cache}.hash(level, index);
}

Result<std::optional<std::string>> checkpoint(const Database& database, std::uint64_t size_max) {
    auto row = database.last_until(
        Family::checkpoints, checkpoint_key(size_max, std::numeric_limits<std::uint64_t>::max()));
    if (!row) return fail(row.error());
    if (!*row) return std::optional<std::string>{};
    return std::optional{std::move((*row)->value)};
}

}  // namespace adapters::rocksdb
