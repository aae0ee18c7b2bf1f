// ledger/tile.hpp: a tree cut into tiles of 256 hashes, and its lines into bundles of 256 entries,
// as files that anybody's tools read.
//
// Shape   tile/<level>/<index>[.p/<width>]: the hashes of 256 (or `width`) subtrees of 256^level
//         leaves, 32 bytes each. tile/entries/<index>[.p/<width>]: each line behind its length, two
//         bytes, big-endian.
// Units   the last tile of a level is partial where its width is below 256; none is empty.
// Source  https://c2sp.org/tlog-tiles
#pragma once

#include "ledger/result.hpp"
#include "ledger/tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

inline constexpr std::uint64_t tile_width = 256;

struct Tile {
    unsigned level{};
    std::uint64_t index{};
    std::uint64_t width{tile_width};
    bool operator==(const Tile&) const = default;
};

// Every tile of hashes of a tree of `size` leaves, the lowest level first.
[[nodiscard]] std::vector<Tile> tiles_of(std::uint64_t size);

[[nodiscard]] std::string tile_path(const Tile& tile);
[[nodiscard]] Result<std::string> tile_bytes(const Tile& tile, const SubtreeHash& subtree);

// How many entries the bundle of that index has in a tree of `size` leaves; it begins at leaf
// index * 256.
[[nodiscard]] std::uint64_t entries_width(std::uint64_t index, std::uint64_t size);
[[nodiscard]] std::string entries_path(std::uint64_t index, std::uint64_t width);
void append_entry(std::string& bundle, std::string_view line);

}  // namespace ledger
