// ledger/plain_text.hpp: how far a text goes without a character that JSON needs care for.
// Internal.
//
// Cost   eight characters a step: a codec spends much of its time here.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace ledger {

// Printable ASCII without a quote and a backslash.
constexpr bool is_plain(unsigned char character) {
    return character >= 0x20 && character < 0x80 && character != '"' && character != '\\';
}

namespace plain {

inline constexpr std::uint64_t ones = 0x0101010101010101;
inline constexpr std::uint64_t highest_bits = 0x8080808080808080;

// The highest bit of each byte that is below `limit` (up to 0x80); the lowest such byte is right,
// those above it may be false.
constexpr std::uint64_t below(std::uint64_t bytes, std::uint64_t limit) {
    return (bytes - ones * limit) & ~bytes & highest_bits;
}

// The same of bytes that are not plain.
constexpr std::uint64_t not_plain(std::uint64_t bytes) {
    return (bytes & highest_bits) | below(bytes, 0x20) | below(bytes ^ (ones * '"'), 1) |
           below(bytes ^ (ones * '\\'), 1);
}

// How many of the eight characters there are plain, up to the first that is not.
inline std::size_t length_in_eight(const char* text) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text, sizeof bytes);
    return static_cast<std::size_t>(std::countr_zero(not_plain(bytes))) / 8;
}

}  // namespace plain

// Characters from the beginning of `text` on that are plain.
inline std::size_t plain_length(std::string_view text) {
    constexpr std::size_t step = 8;
    std::size_t length = 0;
    if (std::endian::native == std::endian::little && text.size() >= step) {
        for (; length + step <= text.size(); length += step)
            if (const auto found = plain::length_in_eight(text.data() + length); found < step)
                return length + found;
        length = text.size() - step;  // the rest, and what is before it once more
        return length + plain::length_in_eight(text.data() + length);
    }
    while (length < text.size() && is_plain(static_cast<unsigned char>(text[length]))) ++length;
    return length;
}

}  // namespace ledger
