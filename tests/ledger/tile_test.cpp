#include "ledger/tile.hpp"

#include "tests/ledger/leaves.hpp"
#include "tests/support/must.hpp"

using ledger::Tile;

TEST_CASE("a tree is cut into full tiles, and one partial tile a level where hashes are left") {
    CHECK(ledger::tiles_of(0).empty());
    CHECK(ledger::tiles_of(1) == std::vector<Tile>{{0, 0, 1}});
    CHECK(ledger::tiles_of(256) == std::vector<Tile>{{0, 0, 256}, {1, 0, 1}});
    CHECK(ledger::tiles_of(600) ==
          std::vector<Tile>{{0, 0, 256}, {0, 1, 256}, {0, 2, 88}, {1, 0, 2}});
    const auto tiles = ledger::tiles_of(70'000);  // the example of the specification
    CHECK(tiles.size() == 273 + 1 + 1 + 1 + 1);
    CHECK(tiles[273] == Tile{0, 273, 112});
    CHECK(tiles[274] == Tile{1, 0, 256});
    CHECK(tiles[275] == Tile{1, 1, 17});
    CHECK(tiles[276] == Tile{2, 0, 1});
}

TEST_CASE("tiles and bundles have the paths of the specification") {
    CHECK(ledger::tile_path({0, 0, 256}) == "tile/0/000");
    CHECK(ledger::tile_path({0, 273, 112}) == "tile/0/273.p/112");
    CHECK(ledger::tile_path({1, 1'234'067, 256}) == "tile/1/x001/x234/067");
    CHECK(ledger::entries_path(1000, 256) == "tile/entries/x001/000");
    CHECK(ledger::entries_path(2, 88) == "tile/entries/002.p/88");
    CHECK(ledger::entries_width(2, 600) == 88);
    CHECK(ledger::entries_width(1, 600) == 256);
    CHECK(ledger::entries_width(3, 600) == 0);
}

TEST_CASE("a tile above the leaves has the roots of the full tiles below it") {
    const auto lines = tests::numbered_lines(600);
    const tests::Leaves leaves{lines};
    const auto bytes_of = [](const ledger::Digest& digest) {
        return std::string(digest.bytes.begin(), digest.bytes.end());
    };
    const std::string leaf_tile = tests::must(ledger::tile_bytes({0, 2, 88}, leaves.subtree()));
    CHECK(leaf_tile.size() == 88 * 32);
    CHECK(leaf_tile.substr(0, 32) == bytes_of(ledger::leaf_hash(lines[512])));
    const std::string upper = tests::must(ledger::tile_bytes({1, 0, 2}, leaves.subtree()));
    CHECK(upper.size() == 64);
    const std::span<const ledger::Digest> hashes{leaves.hashes()};
    CHECK(upper.substr(32) == bytes_of(tests::root_by_definition(hashes.subspan(256, 256))));
    CHECK(!ledger::tile_bytes({1, 0, 3}, leaves.subtree()));
}

TEST_CASE("an entry stands behind its length, in two bytes") {
    std::string bundle;
    ledger::append_entry(bundle, "ab");
    ledger::append_entry(bundle, std::string(300, 'x'));
    CHECK(bundle.substr(0, 6) == std::string("\0\2ab\1\x2c", 6));
    CHECK(bundle.size() == 2 + 2 + 2 + 300);
}
