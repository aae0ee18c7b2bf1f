#include "adapters/rocksdb/file_checksum.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

namespace {

// Of all lengths in parts that are no multiples of what the processor takes at once.
std::string checksum_of(::rocksdb::FileChecksumGenFactory& factory, const std::string& bytes) {
    const auto generator = factory.CreateFileChecksumGenerator({});
    for (std::size_t begin = 0; begin < bytes.size(); begin += 61)
        generator->Update(bytes.data() + begin, std::min<std::size_t>(61, bytes.size() - begin));
    generator->Finalize();
    return generator->GetChecksum();
}

}  // namespace

TEST_CASE("the checksum of a table file is RocksDB's own, by value and by name") {
    const auto ours = adapters::rocksdb::file_checksums();
    const auto theirs = ::rocksdb::GetFileChecksumGenCrc32cFactory();
    std::string bytes;
    for (int length = 0; length < 500; ++length) {
        CHECK(checksum_of(*ours, bytes) == checksum_of(*theirs, bytes));
        bytes += static_cast<char>(length * 37);
    }
    CHECK(std::string{ours->Name()} == theirs->Name());
    CHECK(std::string{ours->CreateFileChecksumGenerator({})->Name()} ==
          theirs->CreateFileChecksumGenerator({})->Name());
}

TEST_CASE("a checksum of another kind is not made in its place") {
    const ::rocksdb::FileChecksumGenContext another{"1.sst", "SomethingElse"};
    CHECK(adapters::rocksdb::file_checksums()->CreateFileChecksumGenerator(another) == nullptr);
}
