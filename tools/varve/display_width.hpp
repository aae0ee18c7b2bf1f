// tools/varve/display_width.hpp: how many columns of a terminal a text takes.
//
// Wide   Chinese, Japanese, Korean, full-width forms and emoji take two; what combines with the
//        character before it takes none. Everything else takes one, a tab too.
// Colour escape sequences take none.
#pragma once

#include <cstddef>
#include <string_view>

namespace tools::varve {

[[nodiscard]] std::size_t display_width(char32_t character);
[[nodiscard]] std::size_t display_width(std::string_view utf8);

}  // namespace tools::varve
