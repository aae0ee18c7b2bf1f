#include "migrations/sql/condition_reading.hpp"

#include "migrations/sql/shape.hpp"

#include <optional>
#include <utility>

namespace migrations::sql {

namespace {

std::string named_column(const Node* node) {
    if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_COLUMN_REF) return {};
    const auto words = words_of(node->column_ref->fields, node->column_ref->n_fields);
    return words.empty() ? "" : words.back();
}

bool is_null_constant(const Node* node) {
    return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_A_CONST &&
           node->a_const->isnull;
}

std::optional<Constant> constant_of(const Node* node) {
    if (node == nullptr) return std::nullopt;
    if (node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) {
        const Node* within = node->type_cast->arg;
        if (within == nullptr || within->node_case != PG_QUERY__NODE__NODE_A_CONST)
            return std::nullopt;
        auto constant = constant_of(within);
        const TypeName type = type_of(node->type_cast->type_name);
        if (type.array_dimensions > 0 || !type.modifiers.empty()) return std::nullopt;
        if (constant) constant->cast_type = type.name;
        return constant;
    }
    if (node->node_case != PG_QUERY__NODE__NODE_A_CONST || node->a_const->isnull)
        return std::nullopt;
    return Constant{value_of(node), node->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL, {}};
}

Condition unread(const Node* node) { return {ConditionKind::other, shape_of(node), {}, {}, {}}; }

std::optional<Condition> comparison(const Node* left, const std::string& sign, const Node* right) {
    if (turned(sign).empty()) return std::nullopt;
    const auto value = constant_of(right);
    if (value && !constant_of(left)) return compared(operand_of(left), sign, *value);
    const auto before = constant_of(left);
    if (before && !value) return compared(operand_of(right), turned(sign), *before);
    return std::nullopt;
}

// The same sign with each item, joined.
std::optional<Condition> comparisons(const Node* left, const std::string& sign, Node* const* items,
                                     std::size_t count, ConditionKind kind) {
    std::vector<Condition> parts;
    for (std::size_t index = 0; index < count; ++index) {
        auto part = comparison(left, sign, items[index]);
        if (!part) return std::nullopt;
        parts.push_back(std::move(*part));
    }
    if (parts.empty()) return std::nullopt;
    return joined(kind, std::move(parts));
}

std::optional<Condition> between(const PgQuery__AExpr& test) {
    if (test.rexpr == nullptr || test.rexpr->node_case != PG_QUERY__NODE__NODE_LIST ||
        test.rexpr->list->n_items != 2)
        return std::nullopt;
    auto lower = comparison(test.lexpr, ">=", test.rexpr->list->items[0]);
    auto upper = comparison(test.lexpr, "<=", test.rexpr->list->items[1]);
    if (!lower || !upper) return std::nullopt;
    return joined(ConditionKind::all, {std::move(*lower), std::move(*upper)});
}

// c IS DISTINCT FROM NULL is c IS NOT NULL to the server.
std::optional<Condition> distinct(const PgQuery__AExpr& test, ConditionKind kind) {
    if (is_null_constant(test.rexpr)) return Condition{kind, operand_of(test.lexpr), {}, {}, {}};
    if (is_null_constant(test.lexpr)) return Condition{kind, operand_of(test.rexpr), {}, {}, {}};
    return std::nullopt;
}

std::optional<Condition> of_array(const PgQuery__AExpr& test, const std::string& sign,
                                  ConditionKind kind) {
    if (test.rexpr == nullptr || test.rexpr->node_case != PG_QUERY__NODE__NODE_A_ARRAY_EXPR)
        return std::nullopt;
    const auto& array = *test.rexpr->a_array_expr;
    return comparisons(test.lexpr, sign, array.elements, array.n_elements, kind);
}

std::optional<Condition> tested(const PgQuery__AExpr& test) {
    const auto words = words_of(test.name, test.n_name);
    const std::string sign = words.size() == 1 ? words.front() : "";
    switch (static_cast<int>(test.kind)) {
        case PG_QUERY__A__EXPR__KIND__AEXPR_OP:
            return comparison(test.lexpr, sign, test.rexpr);
        case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY:
            return of_array(test, sign, ConditionKind::any);
        case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL:
            return of_array(test, sign, ConditionKind::all);
        case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
            if (test.rexpr == nullptr || test.rexpr->node_case != PG_QUERY__NODE__NODE_LIST)
                return std::nullopt;
            return comparisons(test.lexpr, sign, test.rexpr->list->items, test.rexpr->list->n_items,
                               sign == "=" ? ConditionKind::any : ConditionKind::all);
        case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
            return between(test);
        case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_BETWEEN: {
            auto within = between(test);
            return within ? std::optional{negated(std::move(*within))} : std::nullopt;
        }
        case PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT:
            return distinct(test, ConditionKind::is_not_null);
        case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT:
            return distinct(test, ConditionKind::is_null);
        default:
            return std::nullopt;
    }
}

Condition joined_by(const PgQuery__BoolExpr& expression) {
    if (expression.boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR)
        return expression.n_args == 0 ? Condition{} : negated(condition_of(expression.args[0]));
    std::vector<Condition> parts;
    for (std::size_t index = 0; index < expression.n_args; ++index)
        parts.push_back(condition_of(expression.args[index]));
    return joined(expression.boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR ? ConditionKind::all
                                                                          : ConditionKind::any,
                  std::move(parts));
}

BoundValue bound_value(const Node* node) {
    if (const auto value = constant_of(node)) return {BoundKind::value, *value};
    if (is_null_constant(node)) return {BoundKind::null, {}};
    const std::string word = named_column(node);
    if (word == "minvalue") return {BoundKind::minimum, {}};
    return {word == "maxvalue" ? BoundKind::maximum : BoundKind::unread, {}};
}

std::vector<BoundValue> bound_values(Node* const* nodes, std::size_t count) {
    std::vector<BoundValue> values;
    for (std::size_t index = 0; index < count; ++index) values.push_back(bound_value(nodes[index]));
    return values;
}

}  // namespace

std::string operand_of(const Node* node) {
    const std::string column = named_column(node);
    return column.empty() ? shape_of(node) : column;
}

Condition condition_of(const Node* node) {
    if (node == nullptr) return {};
    switch (static_cast<int>(node->node_case)) {
        case PG_QUERY__NODE__NODE_BOOL_EXPR:
            return joined_by(*node->bool_expr);
        case PG_QUERY__NODE__NODE_NULL_TEST:
            return {node->null_test->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NULL
                        ? ConditionKind::is_null
                        : ConditionKind::is_not_null,
                    operand_of(node->null_test->arg),
                    {},
                    {},
                    {}};
        case PG_QUERY__NODE__NODE_COLUMN_REF:
            return compared(named_column(node), "=", {"true", false, {}});
        case PG_QUERY__NODE__NODE_A_EXPR:
            if (auto condition = tested(*node->a_expr)) return std::move(*condition);
            return unread(node);
        default:
            return unread(node);
    }
}

PartitionBound bound_of(const PgQuery__PartitionBoundSpec* bound) {
    if (bound == nullptr) return {};
    const std::string strategy = text_of(bound->strategy);
    return {true,
            bound->is_default != 0,
            strategy.empty() ? '\0' : strategy.front(),
            bound_values(bound->listdatums, bound->n_listdatums),
            bound_values(bound->lowerdatums, bound->n_lowerdatums),
            bound_values(bound->upperdatums, bound->n_upperdatums)};
}

}  // namespace migrations::sql
