// adapters/rocksdb/rows.hpp: the keys and values of every column family, as bytes and back.
//
// Format  integers big-endian, so that the order of keys is the order of numbers.
//         events       position                 -> line
//         content      digest                   -> codec, bytes (content_row.hpp)
//         streams      stream, 0x00, version    -> position
//         ids          event id                 -> position, first 8 bytes of the leaf hash
//         tiles        level, index             -> 256 hashes
//         commits      tree size                -> root, count, frontier, first position, time
//         checkpoints  size, revision           -> signed note
//         times        recorded_at_us           -> position, of every 256th event
//         meta         "format", "ledger"       -> "1", 16 bytes
// Why     the eight bytes in `ids` name the one event that was changed where no tile is full yet.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/identity.hpp"
#include "ledger/tree.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace adapters::rocksdb {

inline constexpr std::uint64_t tile_width = 256;
inline constexpr unsigned levels_per_tile = 8;
inline constexpr std::size_t digest_bytes = 32;
inline constexpr std::string_view format_key = "format";
inline constexpr std::string_view format_value = "1";
inline constexpr std::string_view ledger_key = "ledger";

[[nodiscard]] std::string number_bytes(std::uint64_t value);
// Of exactly eight bytes.
[[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view bytes);
[[nodiscard]] std::string_view bytes_of(const ledger::Digest& digest);
[[nodiscard]] std::string_view bytes_of(const ledger::Uuid& uuid);
[[nodiscard]] ledger::Digest digest_of(std::string_view bytes);  // of exactly 32 bytes

// Every key of one stream begins with its prefix.
[[nodiscard]] std::string stream_prefix(std::string_view stream);
[[nodiscard]] std::string stream_key(std::string_view stream, std::uint64_t version);
[[nodiscard]] std::string tile_key(unsigned level, std::uint64_t index);

struct IdRow {
    std::uint64_t position{};
    std::uint64_t leaf_prefix{};
    bool operator==(const IdRow&) const = default;
};
[[nodiscard]] std::uint64_t leaf_prefix(const ledger::Digest& leaf);
[[nodiscard]] std::string to_bytes(const IdRow& row);
[[nodiscard]] std::optional<IdRow> id_row_of(std::string_view bytes);

struct CommitRow {
    ledger::Digest root;
    std::vector<ledger::Digest> frontier;
    std::uint64_t first_position{};
    std::int64_t recorded_at_us{};
    bool operator==(const CommitRow&) const = default;
};
[[nodiscard]] std::string to_bytes(const CommitRow& row);
[[nodiscard]] std::optional<CommitRow> commit_row_of(std::string_view bytes);

}  // namespace adapters::rocksdb
