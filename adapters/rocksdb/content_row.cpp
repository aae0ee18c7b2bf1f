#include "adapters/rocksdb/content_row.hpp"

#include <cstdint>
#include <memory>
#include <zstd.h>

namespace adapters::rocksdb {

namespace {

constexpr char plain = '\x00';
constexpr char compressed = '\x01';
constexpr std::uint64_t content_bytes_max = std::uint64_t{1} << 30U;
constexpr int compression_level = 3;
constexpr std::size_t large_bytes_min = std::size_t{256} << 10U;
constexpr std::size_t compressed_bytes_min = 128;  // less hardly ever becomes any shorter

// Kept by each thread, since its tables cost more than a small script takes to be compressed.
ZSTD_CCtx* compression_of_thread() {
    struct Release {
        void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    };
    thread_local const std::unique_ptr<ZSTD_CCtx, Release> context{ZSTD_createCCtx()};
    return context.get();
}

// The tables for a large one are large: they are not kept.
std::size_t compress(std::string_view content, char* begin, std::size_t size) {
    ZSTD_CCtx* const context = content.size() < large_bytes_min ? compression_of_thread() : nullptr;
    if (context == nullptr)
        return ZSTD_compress(begin, size, content.data(), content.size(), compression_level);
    return ZSTD_compressCCtx(context, begin, size, content.data(), content.size(),
                             compression_level);
}

// Nothing where it does not fit into so many bytes, or would be no shorter.
std::string compressed_within(std::string_view content, std::size_t bytes) {
    std::string row(1 + bytes, compressed);
    const std::size_t length = compress(content, row.data() + 1, bytes);
    if (ZSTD_isError(length) != 0 || length >= content.size()) return {};
    row.resize(1 + length);
    return row;
}

}  // namespace

// Large texts become far shorter, as a rule: room for all of one is only made where it does not.
std::string pack(std::string_view content) {
    if (content.size() < compressed_bytes_min) return std::string(1, plain).append(content);
    std::string row;
    if (content.size() >= large_bytes_min) row = compressed_within(content, content.size() / 3);
    if (row.empty()) row = compressed_within(content, ZSTD_compressBound(content.size()));
    return row.empty() ? std::string(1, plain).append(content) : row;
}

std::optional<std::string> unpack(std::string_view row) {
    if (row.empty()) return std::nullopt;
    const std::string_view body = row.substr(1);
    if (row.front() == plain) return std::string{body};
    if (row.front() != compressed) return std::nullopt;
    const std::uint64_t length = ZSTD_getFrameContentSize(body.data(), body.size());
    if (length > content_bytes_max) return std::nullopt;  // unknown and error are above it too
    std::string content(length, '\0');
    const std::size_t done =
        ZSTD_decompress(content.data(), content.size(), body.data(), body.size());
    if (ZSTD_isError(done) != 0 || done != length) return std::nullopt;
    return content;
}

}  // namespace adapters::rocksdb
