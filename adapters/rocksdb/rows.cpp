#include "adapters/rocksdb/rows.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace adapters::rocksdb {

namespace {

constexpr std::size_t digest_size = 32;
constexpr std::size_t number_size = 8;

template <std::size_t count>
std::string_view view(const std::array<std::uint8_t, count>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), count};
}

std::uint64_t number_at(std::string_view bytes, std::size_t offset) {
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap64(value);
    return value;
}

}  // namespace

std::string number_bytes(std::uint64_t value) {
    std::string bytes(number_size, '\0');
    for (std::size_t index = number_size; index-- > 0; value >>= 8U)
        bytes[index] = static_cast<char>(value & 0xFFU);
    return bytes;
}

std::optional<std::uint64_t> number_of(std::string_view bytes) {
    if (bytes.size() != number_size) return std::nullopt;
    return number_at(bytes, 0);
}

std::string_view bytes_of(const ledger::Digest& digest) { return view(digest.bytes); }
std::string_view bytes_of(const ledger::Uuid& uuid) { return view(uuid.bytes); }

ledger::Digest digest_of(std::string_view bytes) {
    ledger::Digest digest;
    std::copy_n(bytes.begin(), std::min(bytes.size(), digest_size),
                reinterpret_cast<char*>(digest.bytes.data()));
    return digest;
}

std::string stream_prefix(std::string_view stream) {
    std::string key{stream};
    key.push_back('\0');
    return key;
}

std::string stream_key(std::string_view stream, std::uint64_t version) {
    return stream_prefix(stream) + number_bytes(version);
}

std::string tile_key(unsigned level, std::uint64_t index) {
    return std::string(1, static_cast<char>(level)) + number_bytes(index);
}

std::uint64_t leaf_prefix(const ledger::Digest& leaf) { return number_at(bytes_of(leaf), 0); }

std::string to_bytes(const IdRow& row) {
    return number_bytes(row.position) + number_bytes(row.leaf_prefix);
}

std::optional<IdRow> id_row_of(std::string_view bytes) {
    if (bytes.size() != 2 * number_size) return std::nullopt;
    return IdRow{number_at(bytes, 0), number_at(bytes, number_size)};
}

std::string to_bytes(const CommitRow& row) {
    std::string bytes{bytes_of(row.root)};
    bytes.push_back(static_cast<char>(row.frontier.size()));
    for (const ledger::Digest& hash : row.frontier) bytes += bytes_of(hash);
    bytes += number_bytes(row.first_position);
    bytes += number_bytes(static_cast<std::uint64_t>(row.recorded_at_us));
    return bytes;
}

std::optional<CommitRow> commit_row_of(std::string_view bytes) {
    if (bytes.size() < digest_size + 1) return std::nullopt;
    const std::size_t count = static_cast<std::uint8_t>(bytes[digest_size]);
    const std::size_t hashes_end = digest_size + 1 + count * digest_size;
    if (bytes.size() != hashes_end + 2 * number_size) return std::nullopt;
    CommitRow row;
    row.root = digest_of(bytes.substr(0, digest_size));
    for (std::size_t index = 0; index < count; ++index)
        row.frontier.push_back(
            digest_of(bytes.substr(digest_size + 1 + index * digest_size, digest_size)));
    row.first_position = number_at(bytes, hashes_end);
    row.recorded_at_us = static_cast<std::int64_t>(number_at(bytes, hashes_end + number_size));
    return row;
}

}  // namespace adapters::rocksdb
