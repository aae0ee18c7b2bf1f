// ledger/hex_digit.hpp: what lower-case hex characters stand for. Internal.
//
// Cost   sixteen characters at a time, by the vectors that GCC and Clang have on every processor:
//        ids and digests are a third of every event.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace ledger {

inline constexpr std::string_view hex_digits = "0123456789abcdef";

using HexCharacters = std::uint8_t __attribute__((vector_size(16)));

inline HexCharacters sixteen_characters(const char* text) {
    HexCharacters characters;
    std::memcpy(&characters, text, sizeof characters);
    return characters;
}

// Four from each.
inline HexCharacters sixteen_characters(const char* first, const char* second, const char* third,
                                        const char* fourth) {
    const auto four = [](const char* text) {
        std::uint32_t characters = 0;
        std::memcpy(&characters, text, sizeof characters);
        return characters;
    };
    using Fours = std::uint32_t __attribute__((vector_size(16)));
    return reinterpret_cast<HexCharacters>(
        Fours{four(first), four(second), four(third), four(fourth)});
}

// Whether all sixteen are hex digits; `bytes` are the eight that they stand for.
inline bool read_hex(const HexCharacters& text, std::uint8_t* bytes) {
    const HexCharacters digits = text - '0';
    const HexCharacters letters = text - 'a';
    const auto is_digit = reinterpret_cast<HexCharacters>(digits < 10);  // all bits, or none
    const auto is_letter = reinterpret_cast<HexCharacters>(letters < 6);
    using Pairs = std::uint16_t __attribute__((vector_size(16)));
    const auto pairs = reinterpret_cast<Pairs>((is_digit & digits) | (is_letter & (letters + 10)));
    constexpr bool is_first_lowest = std::endian::native == std::endian::little;
    const Pairs values = (is_first_lowest ? pairs << 4 | pairs >> 8 : pairs >> 4 | pairs) & 0xff;
    using Bytes = std::uint8_t __attribute__((vector_size(8)));
    const auto packed = __builtin_convertvector(values, Bytes);
    std::memcpy(bytes, &packed, sizeof packed);
    using Halves = std::uint64_t __attribute__((vector_size(16)));
    const auto is_hex = reinterpret_cast<Halves>(is_digit | is_letter);
    return (is_hex[0] & is_hex[1]) == ~std::uint64_t{0};
}

// The sixteen digits of eight bytes.
inline void write_hex(const std::uint8_t* bytes, char* text) {
    using Bytes = std::uint8_t __attribute__((vector_size(8)));
    Bytes packed;
    std::memcpy(&packed, bytes, sizeof packed);
    using Pairs = std::uint16_t __attribute__((vector_size(16)));
    const auto values = __builtin_convertvector(packed, Pairs);
    constexpr bool is_first_lowest = std::endian::native == std::endian::little;
    const auto digits = reinterpret_cast<HexCharacters>(
        is_first_lowest ? values >> 4 | (values & 15) << 8 : (values >> 4) << 8 | (values & 15));
    const auto is_letter = reinterpret_cast<HexCharacters>(digits > 9);
    const HexCharacters characters = digits + '0' + (is_letter & ('a' - '0' - 10));
    std::memcpy(text, &characters, sizeof characters);
}

// The digits of all those bytes.
template <std::size_t size>
std::array<char, 2 * size> hex_characters(const std::array<std::uint8_t, size>& bytes) {
    static_assert(size % 8 == 0);
    std::array<char, 2 * size> text{};
    for (std::size_t index = 0; index < size; index += 8)
        write_hex(bytes.data() + index, text.data() + 2 * index);
    return text;
}

}  // namespace ledger
