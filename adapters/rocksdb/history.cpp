#include "adapters/rocksdb/history.hpp"

#include "adapters/rocksdb/checkpoint_rows.hpp"
#include "adapters/rocksdb/content_row.hpp"
#include "ledger/tree.hpp"

#include <algorithm>
#include <limits>

namespace adapters::rocksdb {

using ledger::Code;
using ledger::Digest;
using ledger::fail;
using ledger::Result;

namespace {

constexpr unsigned levels_per_tile = 8;
constexpr std::size_t digest_bytes = 32;

tl::unexpected<ledger::Error> damaged(std::string detail) {
    return fail(Code::corrupt, "ledger-damaged", std::move(detail),
                "do not write to it; `varve verify` says what is wrong");
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
    if (hashes.size() != count)
        return damaged("event " + std::to_string(begin + hashes.size()) + " is missing");
    return hashes;
}

// `count` hashes of one tile from `begin` on, where that tile is full and so stored.
Result<std::optional<std::vector<Digest>>> from_tile(const Database& database, unsigned tile_level,
                                                     std::uint64_t begin, std::uint64_t count) {
    const auto tile = database.get(Family::tiles, tile_key(tile_level, begin / tile_width));
    if (!tile) return fail(tile.error());
    if (!*tile) return std::optional<std::vector<Digest>>{};
    if ((*tile)->size() != tile_width * digest_bytes) return damaged("a tile has another length");
    std::vector<Digest> hashes;
    const std::string_view bytes{**tile};
    for (std::uint64_t index = 0; index < count; ++index)
        hashes.push_back(
            digest_of(bytes.substr((begin % tile_width + index) * digest_bytes, digest_bytes)));
    return std::optional{std::move(hashes)};
}

// The hash of the subtree below one entry of a tile that is not full: its own tile is.
Result<Digest> below(const Database& database, unsigned tile_level, std::uint64_t index) {
    auto hashes = from_tile(database, tile_level - 1, index * tile_width, tile_width);
    if (!hashes) return fail(hashes.error());
    if (!*hashes)
        return damaged("tile " + std::to_string(index) + " of level " +
                       std::to_string(tile_level - 1) + " is missing");
    return fold(std::move(**hashes));
}

Result<Digest> subtree(const Database& database, unsigned level, std::uint64_t index) {
    const unsigned tile_level = level / levels_per_tile;
    const std::uint64_t count = std::uint64_t{1} << (level % levels_per_tile);
    const std::uint64_t begin = index * count;
    auto stored = from_tile(database, tile_level, begin, count);
    if (!stored) return fail(stored.error());
    if (*stored) return fold(std::move(**stored));
    if (tile_level == 0) {
        auto hashes = leaves(database, begin, count);
        if (!hashes) return fail(hashes.error());
        return fold(std::move(*hashes));
    }
    std::vector<Digest> hashes;
    for (std::uint64_t entry = begin; entry < begin + count; ++entry) {
        auto hash = below(database, tile_level, entry);
        if (!hash) return hash;
        hashes.push_back(*hash);
    }
    return fold(std::move(hashes));
}

}  // namespace

Result<std::vector<std::string>> lines(const Database& database, std::uint64_t size,
                                       std::uint64_t position, std::size_t count_max) {
    std::vector<std::string> found;
    if (position >= size) return found;
    const std::uint64_t count = std::min<std::uint64_t>(count_max, size - position);
    auto rows = database.rows(Family::events, number_bytes(position), {}, count);
    if (!rows) return fail(rows.error());
    for (auto& [key, line] : *rows)
        if (number_of(key) == position + found.size()) found.push_back(std::move(line));
    if (found.size() != count)
        return damaged("event " + std::to_string(position + found.size()) + " is missing");
    return found;
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
            return damaged("a row of `streams` is unreadable");
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
        if (!position) return damaged("a row of `streams` is unreadable");
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

Result<Digest> root_at(const Database& database, std::uint64_t size, std::uint64_t asked_size) {
    if (asked_size > size)
        return fail(
            Code::refused, "size-out-of-range",
            "the ledger has " + std::to_string(size) + " events, not " + std::to_string(asked_size),
            "ask for a size that the ledger has reached");
    return ledger::root_at(asked_size, [&database](unsigned level, std::uint64_t index) {
        return subtree(database, level, index);
    });
}

Result<Digest> subtree_at(const Database& database, std::uint64_t size, unsigned level,
                          std::uint64_t index) {
    if (level >= 64 || index >= (size >> level))
        return fail(Code::refused, "size-out-of-range",
                    "the ledger has " + std::to_string(size) +
                        " events: that part of its tree is not complete",
                    "ask for a size that the ledger has reached");
    return subtree(database, level, index);
}

Result<std::optional<std::string>> checkpoint(const Database& database, std::uint64_t size_max) {
    auto row = database.last_until(
        Family::checkpoints, checkpoint_key(size_max, std::numeric_limits<std::uint64_t>::max()));
    if (!row) return fail(row.error());
    if (!*row) return std::optional<std::string>{};
    return std::optional{std::move((*row)->value)};
}

}  // namespace adapters::rocksdb
