#include "adapters/rocksdb/row_store.hpp"

#include "tests/adapters/rocksdb/scratch.hpp"
#include "tests/contracts/row_store_contract.hpp"

#include <catch2/catch.hpp>

using adapters::rocksdb::RowAccess;
using adapters::rocksdb::RowStore;
using namespace tests;

namespace fs = std::filesystem;

TEST_CASE("the RocksDB row store keeps the contract of row stores") {
    const Scratch scratch;
    const auto rows = must(RowStore::open(scratch.folder(), RowAccess::write));
    CHECK(!rows->read_only());
    row_store_contract(*rows);
}

TEST_CASE("rows are there when they are opened again, for writing and for reading") {
    const Scratch scratch;
    must(must(RowStore::open(scratch.folder(), RowAccess::write))->write({{"a", "1"}, {"b", "2"}}));
    must(must(RowStore::open(scratch.folder(), RowAccess::write))->write({{"c", "3"}}));
    const auto rows = must(RowStore::open(scratch.folder(), RowAccess::read_only));
    CHECK(rows->read_only());
    CHECK(must(rows->scan("")).size() == 3);
    CHECK(error_of(rows->write({{"d", "4"}})).reason == "rows-unavailable");
}

TEST_CASE("a second process sees the rows, and cannot write them") {
    const Scratch scratch;
    const auto writer = must(RowStore::open(scratch.folder(), RowAccess::write));
    must(writer->write({{"a", "1"}}));
    for (const RowAccess access : {RowAccess::write, RowAccess::read_only}) {
        const auto other = must(RowStore::open(scratch.folder(), access));
        CHECK(other->read_only());
        CHECK(must(other->get("a")) == "1");
        CHECK(error_of(other->write({{"b", "2"}})).reason == "rows-unavailable");
    }
    must(writer->write({{"a", "2"}}));
    CHECK(must(must(RowStore::open(scratch.folder(), RowAccess::read_only))->get("a")) == "2");
}

TEST_CASE("missing rows are no error for a writer, and no rows for a reader") {
    const Scratch scratch;
    CHECK(error_of(RowStore::open(scratch.folder(), RowAccess::read_only)).reason ==
          "rows-unavailable");
    CHECK(must(must(RowStore::open(scratch.folder(), RowAccess::write))->scan("")).empty());
}

TEST_CASE("damaged rows are made anew, empty or as they were") {
    const Scratch scratch;
    {
        const auto rows = must(RowStore::open(scratch.folder(), RowAccess::write));
        for (int count = 0; count < 50; ++count)
            must(rows->write({{"key" + std::to_string(count), std::string(100, 'v')}}));
    }
    must(RowStore::open(scratch.folder(), RowAccess::write));  // so that there are tables too
    const fs::path copy = scratch.folder() / "copy";
    std::size_t round = 0;
    for (const auto& entry : fs::directory_iterator{scratch.folder() / "views"}) {
        const std::string bytes = slurp(entry.path());
        if (bytes.empty() || entry.path().filename().string().starts_with("LOG")) continue;
        for (std::size_t flip = 0; flip < soak(3, 100); ++flip) {
            fs::remove_all(copy);
            fs::create_directory(copy);
            fs::copy(scratch.folder() / "views", copy / "views");
            std::string changed = bytes;
            changed[(++round * 7919) % changed.size()] ^= static_cast<char>(0x80U >> flip % 8);
            spill(copy / "views" / entry.path().filename(), changed);
            const auto rows = must(RowStore::open(copy, RowAccess::write));
            for (const auto& row : must(rows->scan("key")))
                CHECK(row.value == std::string(100, 'v'));
            must(rows->write({{"new", "row"}}));
        }
    }
}
