// ledger/hex_digit.hpp: what lower-case hex characters stand for. Internal.
//
// Cost   eight characters at a time: ids and digests are a third of every event.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace ledger {

// Four characters, and eight, as they stand in memory: the first is the lowest byte.
inline std::uint64_t four_characters(const char* text) {
    std::uint32_t characters = 0;
    std::memcpy(&characters, text, sizeof characters);
    if constexpr (std::endian::native == std::endian::big)
        characters = __builtin_bswap32(characters);
    return characters;
}
inline std::uint64_t eight_characters(const char* first, const char* second) {
    return four_characters(first) | four_characters(second) << 32;
}

// Whether all eight are hex digits; `bytes` are the four that they stand for.
inline bool read_hex(std::uint64_t text, std::uint8_t* bytes) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    const std::uint64_t letters = (text >> 6) & ones;  // 1 for each that can only be 'a' to 'f'
    std::uint64_t values = (text & (ones * 0x0f)) + letters * 9;
    const bool is_written_so = values + ones * '0' + letters * ('a' - 10 - '0') == text;
    const bool is_letter_from_10 = (((values + ones * 6) >> 4) & ones) == letters;
    const bool is_below_16 = (values & (ones * 0x10)) == 0;
    values = (values << 4 | values >> 8) & 0x00ff00ff00ff00ff;  // two digits to a byte
    values = (values | values >> 8) & 0x0000ffff0000ffff;
    const auto packed = static_cast<std::uint32_t>(values | values >> 16);
    for (unsigned index = 0; index < 4; ++index)
        bytes[index] = static_cast<std::uint8_t>(packed >> (8 * index));
    return is_written_so && is_letter_from_10 && is_below_16;
}

}  // namespace ledger
