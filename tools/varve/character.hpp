// tools/varve/character.hpp: the characters of a text in UTF-8, one by one.
#pragma once

#include <cstddef>
#include <string_view>

namespace tools::varve {

// The one that begins at byte `at`, which is moved behind it; a byte that is no UTF-8 stands for
// itself.
[[nodiscard]] char32_t take_character(std::string_view utf8, std::size_t& at);

}  // namespace tools::varve
