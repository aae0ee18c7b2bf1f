// tools/varve/harmless_text.hpp: what others have written (reasons, a server's words, names of
// files) must not steer the terminal, or the log, that it is shown in.
#pragma once

#include <string>
#include <string_view>

namespace tools::varve {

// With U+FFFD in the place of each character that steers: control characters but for tab and line
// feed, and those that turn the direction of writing. With `colour`, the colour codes that a
// console paints with stay.
[[nodiscard]] std::string harmless(std::string_view text, bool colour);

[[nodiscard]] std::string without_colour(std::string_view text);

}  // namespace tools::varve
