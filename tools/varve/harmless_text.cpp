#include "tools/varve/harmless_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace tools::varve {

namespace {

constexpr std::array colour_codes{std::string_view{"\x1b[31m"}, std::string_view{"\x1b[32m"},
                                  std::string_view{"\x1b[33m"}, std::string_view{"\x1b[34m"},
                                  std::string_view{"\x1b[90m"}, std::string_view{"\x1b[1m"},
                                  std::string_view{"\x1b[0m"}};

// How many bytes the colour code takes that `text` begins with; 0 where it begins with none of
// those that are painted with: others conceal, or stand the text on its head.
std::size_t colour_code_length(std::string_view text) {
    for (const std::string_view code : colour_codes)
        if (text.starts_with(code)) return code.size();
    return 0;
}

// How many bytes the character takes that `text` begins with, where it steers: a control character
// of one byte or (U+0080 to U+009F) two, or one that turns the direction of writing; 0 elsewhere.
std::size_t steering_length(std::string_view text) {
    const auto at = [&](std::size_t index) {
        return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
    };
    if (at(0) < 0x20 || at(0) == 0x7f) return at(0) == '\n' || at(0) == '\t' ? 0 : 1;
    if (at(0) == 0xC2) return at(1) >= 0x80 && at(1) <= 0x9F ? 2 : 0;
    if (at(0) != 0xE2) return 0;
    const bool embeds = at(1) == 0x80 && at(2) >= 0xAA && at(2) <= 0xAE;
    const bool isolates = at(1) == 0x81 && at(2) >= 0xA6 && at(2) <= 0xA9;
    return embeds || isolates ? 3 : 0;
}

// Nearly all that is written: no code and no character that steers begins with it.
bool is_plain(char byte) { return byte >= ' ' && byte <= '~'; }

}  // namespace

std::string harmless(std::string_view text, bool colour) {
    std::string kept;
    kept.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (is_plain(text[at])) {
            kept += text[at++];
            continue;
        }
        const std::size_t code = colour ? colour_code_length(text.substr(at)) : 0;
        const std::size_t steering = code == 0 ? steering_length(text.substr(at)) : 0;
        if (steering != 0)
            kept += "\xef\xbf\xbd";
        else
            kept += text.substr(at, std::max<std::size_t>(code, 1));
        at += std::max({code, steering, std::size_t{1}});
    }
    return kept;
}

std::string without_colour(std::string_view text) {
    std::string kept;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t code = colour_code_length(text.substr(at));
        if (code == 0) kept += text[at];
        at += std::max<std::size_t>(code, 1);
    }
    return kept;
}

}  // namespace tools::varve
