#include "migrations/rules/partition_bounds.hpp"

#include "migrations/rules/rule.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::BoundKind;
using sql::BoundValue;
using sql::Condition;
using sql::ConditionKind;
using sql::PartitionBound;

namespace {

using Keys = std::vector<std::string>;
using Values = std::vector<BoundValue>;

Condition null_test(const std::string& key, ConditionKind kind) { return {kind, key, {}, {}, {}}; }

bool is_of_kind(const Values& values, BoundKind kind) {
    return std::any_of(values.begin(), values.end(),
                       [&](const BoundValue& each) { return each.kind == kind; });
}

bool is_truth_value(const BoundValue& value) {
    return value.kind == BoundKind::value && !value.value.is_string &&
           (value.value.text == "true" || value.value.text == "false");
}

std::optional<Condition> within_list(const Values& values, const Keys& keys) {
    if (keys.size() != 1 || values.empty()) return std::nullopt;
    // The server looks for k = true, and takes what a CHECK says of k for k alone.
    if (values.size() > 1 && std::any_of(values.begin(), values.end(), is_truth_value))
        return std::nullopt;
    std::vector<Condition> equal;
    for (const BoundValue& each : values)
        if (each.kind == BoundKind::value)
            equal.push_back(sql::compared(keys.front(), "=", each.value));
    if (is_of_kind(values, BoundKind::null)) {
        equal.push_back(null_test(keys.front(), ConditionKind::is_null));
        return joined(ConditionKind::any, std::move(equal));
    }
    return joined(ConditionKind::all, {null_test(keys.front(), ConditionKind::is_not_null),
                                       joined(ConditionKind::any, std::move(equal))});
}

// The values of one end of a range, compared column after column.
class End {
public:
    End(const Values& values, const Keys& keys, bool is_lower)
        : values_{values}, keys_{keys}, is_lower_{is_lower} {}

    // (a > 1) OR (a = 1 AND b >= 2), from a column on; nothing where the end is open.
    [[nodiscard]] std::optional<Condition> from(std::size_t first) const {
        std::vector<Condition> arms;
        for (std::size_t last = first; last < keys_.size() && is_value(last); ++last)
            arms.push_back(arm(first, last));
        if (arms.empty()) return std::nullopt;
        return joined(ConditionKind::any, std::move(arms));
    }

private:
    [[nodiscard]] bool is_value(std::size_t at) const {
        return values_[at].kind == BoundKind::value;
    }

    [[nodiscard]] Condition arm(std::size_t first, std::size_t last) const {
        std::vector<Condition> parts;
        for (std::size_t at = first; at < last; ++at)
            parts.push_back(sql::compared(keys_[at], "=", values_[at].value));
        parts.push_back(sql::compared(keys_[last], sign(last), values_[last].value));
        return joined(ConditionKind::all, std::move(parts));
    }

    // Behind the last column that is compared, a lower end takes its value in, an upper one not.
    [[nodiscard]] std::string sign(std::size_t at) const {
        const bool is_last = at + 1 == keys_.size();
        const auto next = is_last ? BoundKind::value : values_[at + 1].kind;
        if (is_lower_) return is_last || next == BoundKind::minimum ? ">=" : ">";
        return !is_last && next == BoundKind::maximum ? "<=" : "<";
    }

    const Values& values_;
    const Keys& keys_;
    bool is_lower_;
};

bool is_same(const BoundValue& one, const BoundValue& other) {
    return one.kind == BoundKind::value && other.kind == BoundKind::value &&
           one.value.text == other.value.text;
}

std::optional<Condition> within_range(const PartitionBound& bound, const Keys& keys) {
    if (keys.empty() || bound.from.size() != keys.size() || bound.to.size() != keys.size())
        return std::nullopt;
    std::vector<Condition> parts;
    for (const std::string& key : keys) parts.push_back(null_test(key, ConditionKind::is_not_null));
    std::size_t first = 0;
    for (; first < keys.size() && is_same(bound.from[first], bound.to[first]); ++first)
        parts.push_back(sql::compared(keys[first], "=", bound.from[first].value));
    if (auto lower = End{bound.from, keys, true}.from(first)) parts.push_back(std::move(*lower));
    if (auto upper = End{bound.to, keys, false}.from(first)) parts.push_back(std::move(*upper));
    return joined(ConditionKind::all, std::move(parts));
}

// Every row that a sibling takes, the default partition does not.
std::optional<Condition> left_by_others(const Schema& schema, const KnownTable& parent) {
    std::vector<Condition> parts;
    for (const std::string& key : parent.partitions) {
        const auto sibling = schema.tables().find(key);
        if (sibling == schema.tables().end()) return std::nullopt;
        auto within = rows_within(sibling->second.bound, parent.partition_keys);
        if (!within) return std::nullopt;
        parts.push_back(negated(std::move(*within)));
    }
    return Condition{ConditionKind::all, {}, {}, {}, std::move(parts)};
}

std::string text_of(const sql::Constant& value) {
    std::string text = value.text;
    if (value.is_string) {
        text = "'";
        for (const char each : value.text)
            text += each == '\'' ? std::string{"''"} : std::string{each};
        text += '\'';
    }
    return value.cast_type.empty() ? text : text + "::" + value.cast_type;
}

}  // namespace

std::optional<Condition> rows_within(const PartitionBound& bound, const Keys& keys) {
    const auto is_unread = [](const Values& values) {
        return is_of_kind(values, BoundKind::unread);
    };
    if (bound.is_default || is_unread(bound.values) || is_unread(bound.from) || is_unread(bound.to))
        return std::nullopt;
    if (bound.strategy == 'l') return within_list(bound.values, keys);
    return bound.strategy == 'r' ? within_range(bound, keys) : std::nullopt;
}

std::optional<Condition> rows_of_partition(const Schema& schema, const KnownTable& parent,
                                           const PartitionBound& bound) {
    auto within = bound.is_default ? left_by_others(schema, parent)
                                   : rows_within(bound, parent.partition_keys);
    if (!within || parent.parent.name.empty()) return within;
    const KnownTable* above = schema.table(parent.parent);
    if (above == nullptr || above == &parent || parent.bound.is_default) return std::nullopt;
    auto outer = rows_of_partition(schema, *above, parent.bound);
    if (!outer) return std::nullopt;
    return joined(ConditionKind::all, {std::move(*within), std::move(*outer)});
}

std::optional<std::string> check_text(const Condition& condition) {
    if (condition.operand.starts_with('{') || condition.kind == ConditionKind::other)
        return std::nullopt;
    if (condition.kind == ConditionKind::is_null) return quoted(condition.operand) + " IS NULL";
    if (condition.kind == ConditionKind::is_not_null)
        return quoted(condition.operand) + " IS NOT NULL";
    if (condition.kind == ConditionKind::compares)
        return quoted(condition.operand) + " " + condition.sign + " " + text_of(condition.value);
    std::string text;
    for (const Condition& part : condition.parts) {
        const auto inner = check_text(part);
        if (!inner) return std::nullopt;
        const bool is_joined = !part.parts.empty() && part.kind != condition.kind;
        if (!text.empty()) text += condition.kind == ConditionKind::all ? " AND " : " OR ";
        text += is_joined ? "(" + *inner + ")" : *inner;
    }
    return text.empty() ? std::nullopt : std::optional{text};
}

}  // namespace migrations::rules
