// migrations/version.hpp: how the tools compare what they call a version.
//
// Cost  no number is ever converted: digits are compared as text, so their count has no limit.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace migrations {

// Of two runs of digits, as numbers: "2" < "10", "001" == "1".
[[nodiscard]] std::strong_ordering compare_numbers(std::string_view left, std::string_view right);

// Part by part, as Flyway does: "1.2" < "1.10", "1" == "1.0" == "01", "1_1" == "1.1".
[[nodiscard]] std::strong_ordering compare_dotted(std::string_view left, std::string_view right);

// The number a version is or begins with: "1.2", "0003" of "0003_orders"; nothing where it begins
// with no digit, or goes on with a letter.
[[nodiscard]] std::optional<std::string_view> number_of(std::string_view version);

[[nodiscard]] bool is_digits(std::string_view text);

// The digits a text begins with.
[[nodiscard]] std::string_view leading_digits(std::string_view text);

}  // namespace migrations
