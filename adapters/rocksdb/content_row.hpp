// adapters/rocksdb/content_row.hpp: content as it is stored, compressed where that helps.
//
// Format  first byte the codec: 0x00 the bytes themselves, 0x01 one zstd frame with its size, 0x02
//         alone a tombstone: the content was redacted, and is never stored again.
// Refuses another codec, a damaged frame, a frame that claims more than 1 GiB.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace adapters::rocksdb {

inline constexpr std::string_view tombstone{"\x02", 1};

[[nodiscard]] std::string pack(std::string_view content);
[[nodiscard]] std::optional<std::string> unpack(std::string_view row);

}  // namespace adapters::rocksdb
