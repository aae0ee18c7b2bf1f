// migrations/sql/condition.hpp: what a CHECK or a partition's bounds say, in a form that can be
// compared: tests of one operand by a constant, joined by AND and OR.
//
// Shape   every NOT is brought down to the tests; IN, BETWEEN and ANY are what they stand for.
#pragma once

#include <string>
#include <vector>

namespace migrations::sql {

// As the script writes it.
struct Constant {
    std::string text;
    bool is_string{};       // else a number, true or false
    std::string cast_type;  // empty: none
    bool operator==(const Constant&) const = default;
};

enum class ConditionKind { all, any, compares, is_null, is_not_null, other };

struct Condition {
    ConditionKind kind{ConditionKind::other};
    std::string operand;  // a column by its name, or the shape of an expression
    std::string sign;     // of a comparison: = <> < <= > >=
    Constant value;
    std::vector<Condition> parts;  // of all, any

    bool operator==(const Condition&) const = default;
};

[[nodiscard]] Condition joined(ConditionKind kind, std::vector<Condition> parts);
[[nodiscard]] Condition compared(std::string operand, std::string sign, Constant value);
// What holds where the other does not.
[[nodiscard]] Condition negated(Condition condition);
// 5 < a is a > 5.
[[nodiscard]] std::string turned(const std::string& sign);

}  // namespace migrations::sql
