// commands/sample_values.hpp: the values of sample rows, by type.
//
// Shape    pure. Spread values differ by table, column and row, so that a script which takes one
//          for the other is found out; counted ones are the row's number, small, as some tables
//          alone take them.
#pragma once

#include "commands/sample_rows.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commands {

enum class SampleSpread { spread, counted };

// Where a value is to stand.
struct SampleSpot {
    std::uint32_t row{};     // from 1
    std::uint32_t column{};  // of those of such types in its table, from 0
    std::uint32_t table{};   // SampleTable::place
    SampleSpread spread{};
    SampleStyle style{};
};

[[nodiscard]] bool is_text(const SampleColumn& column);

// Before the number of its first row.
[[nodiscard]] std::uint32_t first_number(const SampleSpot& spot);

// Letters are placeholders: N the row in one digit, K a number, and more.
[[nodiscard]] std::string fill_pattern(std::string_view pattern, const SampleSpot& spot);

// Nothing: the type is not known.
[[nodiscard]] std::optional<std::string> usual_value(const SampleColumn& column,
                                                     const SampleSpot& spot);
// Where a CHECK wants it plainer: lower case, whole numbers, whole days, nothing.
[[nodiscard]] std::optional<std::string> plain_value(const SampleColumn& column,
                                                     const SampleSpot& spot);

}  // namespace commands
