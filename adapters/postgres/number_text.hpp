// adapters/postgres/number_text.hpp: a number out of the text that the server gives of one.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <system_error>

namespace adapters::postgres {

// False where there is none, or more than a number; then `number` may have been changed.
template <class Number>
[[nodiscard]] bool read_number(const std::optional<std::string>& text, Number& number) {
    if (!text) return false;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    return error == std::errc{} && end == text->data() + text->size();
}

// What it begins with; 0 where there is none.
[[nodiscard]] inline std::uint64_t whole_number(const std::optional<std::string>& text) {
    std::uint64_t number = 0;
    if (text) std::from_chars(text->data(), text->data() + text->size(), number);
    return number;
}

}  // namespace adapters::postgres
