// migrations/bookkeeping/checksum.hpp: the checksums that other tools keep of their scripts.
//
// Source  Flyway: CRC-32 of every line's UTF-8 without its end and without a byte order mark, as a
//         signed number, so that line endings do not count. sqlx: SHA-384 of the file. Sqitch:
//         SHA-1. Prisma and Drizzle: SHA-256, which is a script's own digest.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace migrations::bookkeeping {

[[nodiscard]] std::string flyway_checksum(std::string_view bytes);  // "-1893463914"

[[nodiscard]] std::string sha1_hex(std::string_view bytes);
[[nodiscard]] std::string sha256_hex(std::string_view bytes);
[[nodiscard]] std::string sha384_hex(std::string_view bytes);

// The text with every line ended so, as Git may have changed it on its way to another machine.
[[nodiscard]] std::string with_line_ends(std::string_view text, std::string_view line_end);

// Whether the text would have that checksum, were its line ends others.
using Checksum = std::string (*)(std::string_view bytes);
[[nodiscard]] bool matches_with_other_line_ends(std::string_view bytes, const std::string& checksum,
                                                Checksum of);

// What the tool would keep of the text, with each of the line ends that it may have had; nothing of
// a tool that keeps none.
[[nodiscard]] std::vector<std::string> checksums_of(std::string_view tool, std::string_view bytes);

// Whether that is what the tool would keep of the text, but for its line ends; of a tool that keeps
// none it is not.
[[nodiscard]] bool has_checksum(std::string_view tool, std::string_view bytes,
                                const std::string& checksum);

}  // namespace migrations::bookkeeping
