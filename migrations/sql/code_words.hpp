// migrations/sql/code_words.hpp: the words of code, one after the other, wherever they stand in it.
//
// Shape   all that it says but for comments and for what RAISE says, with what stands in strings
//         and bodies, since it may be executed; symbols are left out, but for ";".
// Format  words in lower case, names in their quotes, and the marks below.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace migrations::sql {

using FoldedWords = std::vector<std::string>;

inline constexpr const char* string_begin = "'";
inline constexpr const char* string_end = "'.";
inline constexpr const char* string_goes_on = "'|";     // "||" follows
inline constexpr const char* format_placeholder = "%";  // of format()

[[nodiscard]] FoldedWords code_words(std::string_view code);

}  // namespace migrations::sql
