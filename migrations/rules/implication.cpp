#include "migrations/rules/implication.hpp"

#include "migrations/rules/constants.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::Condition;
using sql::ConditionKind;
using sql::Constant;

namespace {

bool is_below(const std::string& sign) { return sign == "<" || sign == "<="; }
bool is_above(const std::string& sign) { return sign == ">" || sign == ">="; }

bool holds(const Constant& value, const std::string& sign, const Constant& bound,
           const std::string& type) {
    if (sign == "=" || sign == "<>") {
        const auto equal = are_equal(value, bound, type);
        return equal && *equal == (sign == "=");
    }
    const auto order = order_of(value, bound, type);
    if (!order) return false;
    if (*order == 0) return sign == "<=" || sign == ">=";
    return *order < 0 ? is_below(sign) : is_above(sign);
}

// Every value that passes the one comparison passes the other.
bool compares_as(const Condition& known, const Condition& wanted, const std::string& type) {
    if (!is_of_type(known.value, type)) return false;
    if (known.sign == "=") return holds(known.value, wanted.sign, wanted.value, type);
    if (known.sign == "<>")
        return wanted.sign == "<>" && holds(known.value, "=", wanted.value, type);
    const bool is_same_way = is_below(known.sign) ? is_below(wanted.sign) : is_above(wanted.sign);
    if (!is_same_way && wanted.sign != "<>") return false;
    // d < 30 keeps 30 itself out, d <= 30 does not.
    const bool leaves_out = known.sign.size() == 1;
    const bool must_leave_out = wanted.sign == "<>" || wanted.sign.size() == 1;
    std::string needed = is_below(known.sign) ? "<" : ">";
    if (leaves_out || !must_leave_out) needed += "=";
    return holds(known.value, needed, wanted.value, type);
}

bool is_simple(const Condition& condition) {
    return condition.kind != ConditionKind::all && condition.kind != ConditionKind::any;
}

bool simple_implies(const Condition& known, const Condition& wanted, const TypeOf& type_of) {
    if (known.kind != wanted.kind || known.operand != wanted.operand) return false;
    if (known.kind == ConditionKind::compares)
        return compares_as(known, wanted, type_of(known.operand));
    return known.kind != ConditionKind::other || !known.operand.empty();
}

}  // namespace

bool implies(const Condition& known, const Condition& wanted, const TypeOf& type_of) {
    if (wanted.kind == ConditionKind::all)
        return std::all_of(wanted.parts.begin(), wanted.parts.end(),
                           [&](const Condition& part) { return implies(known, part, type_of); });
    if (known.kind == ConditionKind::any)
        return std::all_of(known.parts.begin(), known.parts.end(),
                           [&](const Condition& part) { return implies(part, wanted, type_of); });
    if (known.kind == ConditionKind::all &&
        std::any_of(known.parts.begin(), known.parts.end(),
                    [&](const Condition& part) { return implies(part, wanted, type_of); }))
        return true;
    if (wanted.kind == ConditionKind::any)
        return std::any_of(wanted.parts.begin(), wanted.parts.end(),
                           [&](const Condition& part) { return implies(known, part, type_of); });
    return is_simple(known) && simple_implies(known, wanted, type_of);
}

}  // namespace migrations::rules
