// adapters/files/archive_headers.hpp: the bytes around the members of an archive. Internal.
//
// Source  POSIX.1-2017, pax, "ustar Interchange Format"; PKWARE APPNOTE 6.3.9, sections 4.3 and
//         4.4 (method 0, no data descriptor, names in UTF-8).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace adapters::files {

inline constexpr std::size_t tar_block_bytes = 512;

// 512 bytes; `name` of at most 100.
[[nodiscard]] std::string tar_header(std::string_view name, std::uint64_t byte_count,
                                     std::int64_t time_s);

struct ZipMember {
    std::string name;
    std::uint32_t checksum{};
    std::uint32_t byte_count{};
    std::uint32_t offset{};
    std::int64_t time_s{};
};

[[nodiscard]] std::uint32_t crc32(std::string_view bytes);
[[nodiscard]] std::string zip_local_header(const ZipMember& member);
[[nodiscard]] std::string zip_central_header(const ZipMember& member);
[[nodiscard]] std::string zip_end(std::uint16_t member_count, std::uint32_t central_bytes,
                                  std::uint32_t central_offset);

}  // namespace adapters::files
