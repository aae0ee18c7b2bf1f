#include "ledger/base64.hpp"

#include <cstddef>
#include <cstdint>

namespace ledger {

namespace {

constexpr std::string_view letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t bits = 0;
    unsigned bit_count = 0;
    for (const char byte : bytes) {
        bits = bits << 8 | static_cast<std::uint8_t>(byte);
        for (bit_count += 8; bit_count >= 6; bit_count -= 6)
            text += letters[bits >> (bit_count - 6) & 63];
    }
    if (bit_count > 0) text += letters[bits << (6 - bit_count) & 63];
    while (text.size() % 4 != 0) text += '=';
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    std::string bytes;
    std::uint32_t bits = 0;
    unsigned bit_count = 0;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    for (const char letter : text.substr(0, text.size() - padding)) {
        const std::size_t value = letters.find(letter);
        if (value == letters.npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        bit_count += 6;
        if (bit_count < 8) continue;
        bit_count -= 8;
        bytes += static_cast<char>(bits >> bit_count);
    }
    if (base64(bytes) != text) return std::nullopt;
    return bytes;
}

}  // namespace ledger
