#include "adapters/rocksdb/file_checksum.hpp"

#ifdef __x86_64__

#include <cstdint>
#include <cstring>
#include <string>

namespace adapters::rocksdb {

namespace {

constexpr const char* factory_name = "FileChecksumGenCrc32cFactory";

// RocksDB's CRC-32C is inverted at the beginning and at the end, as everybody's is.
__attribute__((target("sse4.2"))) std::uint32_t extended(std::uint32_t checksum, const char* data,
                                                         std::size_t size) {
    std::uint64_t state = ~checksum;
    for (; size >= sizeof(std::uint64_t); size -= sizeof(std::uint64_t)) {
        std::uint64_t bytes = 0;
        std::memcpy(&bytes, data, sizeof bytes);
        state = __builtin_ia32_crc32di(state, bytes);
        data += sizeof bytes;
    }
    auto rest = static_cast<std::uint32_t>(state);
    for (; size > 0; --size)
        rest = __builtin_ia32_crc32qi(rest, static_cast<std::uint8_t>(*data++));
    return ~rest;
}

class Crc32c final : public ::rocksdb::FileChecksumGenerator {
public:
    void Update(const char* data, std::size_t size) override {
        checksum_ = extended(checksum_, data, size);
    }
    void Finalize() override {
        for (unsigned index = 0; index < sizeof checksum_; ++index)
            bytes_ += static_cast<char>(checksum_ >> (24 - 8 * index) & 0xff);
    }
    std::string GetChecksum() const override { return bytes_; }
    const char* Name() const override { return ::rocksdb::kStandardDbFileChecksumFuncName; }

private:
    std::uint32_t checksum_{};
    std::string bytes_;  // the highest first
};

class Crc32cFactory final : public ::rocksdb::FileChecksumGenFactory {
public:
    std::unique_ptr<::rocksdb::FileChecksumGenerator> CreateFileChecksumGenerator(
        const ::rocksdb::FileChecksumGenContext& context) override {
        const std::string& wanted = context.requested_checksum_func_name;
        if (!wanted.empty() && wanted != ::rocksdb::kStandardDbFileChecksumFuncName) return nullptr;
        return std::make_unique<Crc32c>();
    }
    const char* Name() const override { return factory_name; }
};

}  // namespace

std::shared_ptr<::rocksdb::FileChecksumGenFactory> file_checksums() {
    if (__builtin_cpu_supports("sse4.2") == 0) return ::rocksdb::GetFileChecksumGenCrc32cFactory();
    return std::make_shared<Crc32cFactory>();
}

}  // namespace adapters::rocksdb

#else

namespace adapters::rocksdb {

std::shared_ptr<::rocksdb::FileChecksumGenFactory> file_checksums() {
    return ::rocksdb::GetFileChecksumGenCrc32cFactory();
}

}  // namespace adapters::rocksdb

#endif
