// migrations/encoding.hpp: whether a file's bytes are text that can be sent to a server.
//
// Refuses  UTF-16 and UTF-32 (by their byte order mark, or by NUL bytes), NUL bytes, ill-formed
//          UTF-8, with the line on which the first bad byte stands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace migrations {

inline constexpr std::string_view utf8_byte_order_mark = "\xEF\xBB\xBF";

struct EncodingFault {
    std::string rule;  // "not-utf8", "nul-byte"
    std::string message;
    std::string help;
    std::uint32_t line{1};
    bool operator==(const EncodingFault&) const = default;
};

[[nodiscard]] std::optional<EncodingFault> find_encoding_fault(std::string_view bytes);

[[nodiscard]] std::string_view without_byte_order_mark(std::string_view bytes);

}  // namespace migrations
