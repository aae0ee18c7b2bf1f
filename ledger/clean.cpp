#include "ledger/clean.hpp"

#include <cstdint>
#include <cstring>

namespace ledger {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

// How many bytes an ASCII character takes in a stored string.
std::size_t escaped_length(unsigned char character) {
    switch (character) {
        case '"':
        case '\\':
        case '\b':
        case '\t':
        case '\n':
        case '\f':
        case '\r':
            return 2;
        default:
            return character < 0x20 ? 6 : 1;
    }
}

// How many bytes are ASCII, in whole words: of most texts nearly all.
std::size_t ascii_length(std::string_view bytes) {
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    std::size_t length = 0;
    for (std::uint64_t word{}; length + sizeof word <= bytes.size(); length += sizeof word) {
        std::memcpy(&word, bytes.data() + length, sizeof word);
        if ((word & high_bits) != 0) break;
    }
    return length;
}

}  // namespace

std::size_t utf8_sequence_length(std::string_view bytes) {
    const auto at = [&](std::size_t index) { return static_cast<unsigned char>(bytes[index]); };
    const auto continues = [&](std::size_t index, unsigned lowest = 0x80, unsigned highest = 0xBF) {
        return index < bytes.size() && at(index) >= lowest && at(index) <= highest;
    };
    if (bytes.empty()) return 0;
    const unsigned lead = at(0);
    if (lead < 0x80) return 1;
    if (lead < 0xC2) return 0;
    if (lead < 0xE0) return continues(1) ? 2 : 0;
    if (lead < 0xF0) {
        const bool second = continues(1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF);
        return second && continues(2) ? 3 : 0;
    }
    if (lead > 0xF4) return 0;
    const bool second = continues(1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF);
    return second && continues(2) && continues(3) ? 4 : 0;
}

std::size_t find_ill_formed_utf8(std::string_view bytes) {
    for (std::size_t offset = ascii_length(bytes); offset < bytes.size();) {
        const std::size_t length = utf8_sequence_length(bytes.substr(offset, 4));
        if (length == 0) return offset;
        offset += length;
        if (length > 1) offset += ascii_length(bytes.substr(offset));
    }
    return std::string_view::npos;
}

bool is_well_formed_utf8(std::string_view bytes) {
    return find_ill_formed_utf8(bytes) == std::string_view::npos;
}

std::string clean(std::string_view bytes, std::size_t escaped_bytes_max) {
    std::string text;
    std::size_t escaped_bytes = 0;
    while (!bytes.empty()) {
        const std::size_t length = utf8_sequence_length(bytes.substr(0, 4));
        const bool bad = length == 0 || bytes.front() == '\0';
        const std::string_view kept = bad ? replacement : bytes.substr(0, length);
        escaped_bytes +=
            kept.size() > 1 ? kept.size() : escaped_length(static_cast<unsigned char>(kept[0]));
        if (escaped_bytes > escaped_bytes_max) break;
        text += kept;
        bytes.remove_prefix(bad ? 1 : length);
    }
    return text;
}

}  // namespace ledger
