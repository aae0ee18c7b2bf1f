#include "tools/varve/display_width.hpp"

#include "tools/varve/character.hpp"

#include <algorithm>
#include <array>

namespace tools::varve {

namespace {

struct Characters {
    char32_t first;
    char32_t last;
};

constexpr std::array takes_none{
    Characters{0x0300, 0x036F},   Characters{0x0483, 0x0489},  Characters{0x0591, 0x05BD},
    Characters{0x0610, 0x061A},   Characters{0x064B, 0x065F},  Characters{0x1AB0, 0x1AFF},
    Characters{0x1DC0, 0x1DFF},   Characters{0x200B, 0x200F},  Characters{0x20D0, 0x20FF},
    Characters{0xFE00, 0xFE0F},   Characters{0xFE20, 0xFE2F},  Characters{0xFEFF, 0xFEFF},
    Characters{0x1F3FB, 0x1F3FF}, Characters{0xE0100, 0xE01EF}};

constexpr std::array takes_two{
    Characters{0x1100, 0x115F},   Characters{0x2E80, 0x303E},   Characters{0x3041, 0x4DBF},
    Characters{0x4E00, 0xA4CF},   Characters{0xAC00, 0xD7A3},   Characters{0xF900, 0xFAFF},
    Characters{0xFE30, 0xFE6F},   Characters{0xFF00, 0xFF60},   Characters{0xFFE0, 0xFFE6},
    Characters{0x1F300, 0x1F64F}, Characters{0x1F680, 0x1F6FF}, Characters{0x1F900, 0x1F9FF},
    Characters{0x1FA70, 0x1FAFF}, Characters{0x20000, 0x3FFFD}};

template <std::size_t size>
bool is_among(char32_t character, const std::array<Characters, size>& ranges) {
    return std::any_of(ranges.begin(), ranges.end(), [&](const Characters& range) {
        return character >= range.first && character <= range.last;
    });
}

}  // namespace

std::size_t display_width(char32_t character) {
    if (character < 0x300) return 1;
    if (is_among(character, takes_none)) return 0;
    return is_among(character, takes_two) ? 2 : 1;
}

std::size_t display_width(std::string_view utf8) {
    std::size_t width = 0;
    bool is_escape = false;
    for (std::size_t at = 0; at < utf8.size();) {
        if (!is_escape && utf8[at] >= ' ' && utf8[at] <= '~') {
            ++at;
            ++width;
            continue;
        }
        const char32_t character = take_character(utf8, at);
        if (character == 0x1b) is_escape = true;
        if (!is_escape) width += display_width(character);
        if (is_escape && character == U'm') is_escape = false;
    }
    return width;
}

}  // namespace tools::varve
