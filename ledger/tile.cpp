#include "ledger/tile.hpp"

#include <algorithm>

namespace ledger {

namespace {

// 1234067 is x001/x234/067.
std::string index_path(std::uint64_t index) {
    const auto three_digits = [](std::uint64_t number) {
        std::string text = std::to_string(number % 1000);
        return std::string(3 - text.size(), '0') + text;
    };
    std::string path = three_digits(index);
    for (index /= 1000; index > 0; index /= 1000) path = "x" + three_digits(index) + "/" + path;
    return path;
}

std::string width_path(std::uint64_t width) {
    return width == tile_width ? "" : ".p/" + std::to_string(width);
}

}  // namespace

std::vector<Tile> tiles_of(std::uint64_t size) {
    std::vector<Tile> tiles;
    unsigned level = 0;
    for (std::uint64_t hashes = size; hashes > 0; hashes /= tile_width, ++level) {
        for (std::uint64_t index = 0; index < hashes / tile_width; ++index)
            tiles.push_back({level, index, tile_width});
        if (hashes % tile_width != 0)
            tiles.push_back({level, hashes / tile_width, hashes % tile_width});
    }
    return tiles;
}

std::string tile_path(const Tile& tile) {
    return "tile/" + std::to_string(tile.level) + "/" + index_path(tile.index) +
           width_path(tile.width);
}

Result<std::string> tile_bytes(const Tile& tile, const SubtreeHash& subtree) {
    std::string bytes;
    for (std::uint64_t hash = 0; hash < tile.width; ++hash) {
        const auto digest = subtree(8 * tile.level, tile.index * tile_width + hash);
        if (!digest) return fail(digest.error());
        bytes.append(digest->bytes.begin(), digest->bytes.end());
    }
    return bytes;
}

std::uint64_t entries_width(std::uint64_t index, std::uint64_t size) {
    const std::uint64_t first = index * tile_width;
    return first >= size ? 0 : std::min(tile_width, size - first);
}

std::string entries_path(std::uint64_t index, std::uint64_t width) {
    return "tile/entries/" + index_path(index) + width_path(width);
}

void append_entry(std::string& bundle, std::string_view line) {
    bundle += static_cast<char>(line.size() >> 8U);
    bundle += static_cast<char>(line.size() & 0xffU);
    bundle += line;
}

}  // namespace ledger
