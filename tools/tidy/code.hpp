// tools/tidy/code.hpp: C++ text with everything blanked that is not code.
//
// Shape  same length, same lines: what was in a comment, a string or a character is a space.
#pragma once

#include <string>
#include <string_view>

namespace tools::tidy {

[[nodiscard]] std::string only_code(std::string_view text);

}  // namespace tools::tidy
