#include "tools/tidy/code.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace tools::tidy {

namespace {

bool is_word(char character) {
    return std::isalnum(static_cast<unsigned char>(character)) != 0 || character == '_';
}

// Where a quoted thing ends: after its closing quote, or at the end of the text.
std::size_t after_quote(std::string_view text, std::size_t begin, char quote) {
    for (std::size_t i = begin + 1; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == quote)
            return i + 1;
    }
    return text.size();
}

// A raw string: R"delimiter( ... )delimiter".
std::size_t after_raw_string(std::string_view text, std::size_t quote) {
    const std::size_t parenthesis = text.find('(', quote);
    if (parenthesis == std::string_view::npos) return text.size();
    const std::string end =
        ")" + std::string{text.substr(quote + 1, parenthesis - quote - 1)} + "\"";
    const std::size_t found = text.find(end, parenthesis);
    return found == std::string_view::npos ? text.size() : found + end.size();
}

// The end of what is not code and begins here; `begin` itself where code goes on.
std::size_t after_other(std::string_view text, std::size_t begin) {
    const auto or_end = [&](std::size_t found, std::size_t more) {
        return found == std::string_view::npos ? text.size() : found + more;
    };
    if (text.substr(begin, 2) == "//") return or_end(text.find('\n', begin), 0);
    if (text.substr(begin, 2) == "/*") return or_end(text.find("*/", begin + 2), 2);
    const bool after_word = begin > 0 && is_word(text[begin - 1]);
    if (text[begin] == '"')
        return after_word && text[begin - 1] == 'R' ? after_raw_string(text, begin)
                                                    : after_quote(text, begin, '"');
    // After a word it separates the digits of a number.
    if (text[begin] == '\'' && !after_word) return after_quote(text, begin, '\'');
    return begin;
}

}  // namespace

std::string only_code(std::string_view text) {
    std::string code{text};
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t end = after_other(text, i);
        std::replace_if(
            code.begin() + static_cast<std::ptrdiff_t>(i),
            code.begin() + static_cast<std::ptrdiff_t>(end), [](char c) { return c != '\n'; }, ' ');
        i = std::max(end, i + 1);
    }
    return code;
}

}  // namespace tools::tidy
