#include "tools/varve/character.hpp"

namespace tools::varve {

char32_t take_character(std::string_view utf8, std::size_t& at) {
    const auto first = static_cast<unsigned char>(utf8[at++]);
    if (first < 0xC0) return first;
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    char32_t character = first & (0x3FU >> static_cast<unsigned>(more));
    for (int count = 0; count < more && at < utf8.size(); ++count) {
        const auto next = static_cast<unsigned char>(utf8[at]);
        if ((next & 0xC0U) != 0x80) break;
        character = (character << 6U) | (next & 0x3FU);
        ++at;
    }
    return character;
}

}  // namespace tools::varve
