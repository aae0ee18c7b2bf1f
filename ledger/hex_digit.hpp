// ledger/hex_digit.hpp: what one lower-case hex character stands for. Internal.
#pragma once

#include <array>
#include <cstdint>

namespace ledger {

inline constexpr std::array<std::uint8_t, 256> hex_values = [] {
    std::array<std::uint8_t, 256> values{};
    for (auto& value : values) value = 0xff;
    for (std::uint8_t digit = 0; digit < 10; ++digit) values[std::size_t{'0'} + digit] = digit;
    for (std::uint8_t digit = 10; digit < 16; ++digit)
        values[std::size_t{'a'} + digit - 10] = digit;
    return values;
}();

// Above 15 where it is no hex digit.
constexpr std::uint8_t hex_value(char character) {
    return hex_values[static_cast<unsigned char>(character)];
}

}  // namespace ledger
