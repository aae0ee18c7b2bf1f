#include "migrations/sql/condition.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace migrations::sql {

namespace {

using Pairs = std::array<std::pair<std::string_view, std::string_view>, 6>;
constexpr Pairs opposites{
    {{"=", "<>"}, {"<>", "="}, {"<", ">="}, {">=", "<"}, {">", "<="}, {"<=", ">"}}};
constexpr Pairs mirrored{
    {{"=", "="}, {"<>", "<>"}, {"<", ">"}, {">", "<"}, {"<=", ">="}, {">=", "<="}}};

std::string found(const Pairs& pairs, const std::string& sign) {
    for (const auto& [from, to] : pairs)
        if (from == sign) return std::string{to};
    return {};
}

}  // namespace

Condition joined(ConditionKind kind, std::vector<Condition> parts) {
    if (parts.size() == 1) return std::move(parts.front());
    return {kind, {}, {}, {}, std::move(parts)};
}

Condition compared(std::string operand, std::string sign, Constant value) {
    return {ConditionKind::compares, std::move(operand), std::move(sign), std::move(value), {}};
}

std::string turned(const std::string& sign) { return found(mirrored, sign); }

Condition negated(Condition condition) {
    constexpr std::string_view negation = "not ";
    switch (condition.kind) {
        case ConditionKind::all:
        case ConditionKind::any:
            condition.kind =
                condition.kind == ConditionKind::all ? ConditionKind::any : ConditionKind::all;
            for (Condition& part : condition.parts) part = negated(std::move(part));
            break;
        case ConditionKind::compares:
            condition.sign = found(opposites, condition.sign);
            break;
        case ConditionKind::is_null:
            condition.kind = ConditionKind::is_not_null;
            break;
        case ConditionKind::is_not_null:
            condition.kind = ConditionKind::is_null;
            break;
        case ConditionKind::other:
            if (condition.operand.starts_with(negation))
                condition.operand.erase(0, negation.size());
            else
                condition.operand.insert(0, negation);
            break;
    }
    return condition;
}

}  // namespace migrations::sql
