#include "migrations/sql/conditions.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace migrations::sql {

namespace {

bool is_constant(const Node* node) {
    return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_A_CONST;
}

std::string operator_of(const PgQuery__AExpr& expression) {
    const auto words = words_of(expression.name, expression.n_name);
    return words.empty() ? std::string{} : words.back();
}

const Node* uncast(const Node* node) {
    while (node != nullptr && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST)
        node = node->type_cast->arg;
    return node;
}

std::string column_of(const Node* node) {
    node = uncast(node);
    if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_COLUMN_REF) return {};
    const PgQuery__ColumnRef& reference = *node->column_ref;
    if (reference.n_fields == 0) return {};
    const Node* last = reference.fields[reference.n_fields - 1];
    return last->node_case == PG_QUERY__NODE__NODE_STRING ? text_of(last->string->sval) : "";
}

// With what stands before it: orders.id.
ObjectName name_of_column(const Node* node) {
    const PgQuery__ColumnRef& reference = *uncast(node)->column_ref;
    return name_of(reference.fields, reference.n_fields);
}

// Of every part the name: a.id is not b.id, and a column by itself may be of either.
bool is_same_column(const Node* left, const Node* right) {
    if (column_of(left).empty() || column_of(right).empty()) return false;
    const PgQuery__ColumnRef& one = *left->column_ref;
    const PgQuery__ColumnRef& other = *right->column_ref;
    return words_of(one.fields, one.n_fields) == words_of(other.fields, other.n_fields);
}

std::optional<bool> compared(const PgQuery__AExpr& expression) {
    const Node* left = uncast(expression.lexpr);
    const Node* right = uncast(expression.rexpr);
    const std::string sign = operator_of(expression);
    if (is_same_column(left, right) && sign == "=") return true;
    if (!is_constant(left) || !is_constant(right)) return std::nullopt;
    const std::string one = value_of(left);
    const std::string other = value_of(right);
    if (sign == "=") return one == other;
    if (sign == "<>" || sign == "!=") return one != other;
    const bool are_numbers = left->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL &&
                             right->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL;
    if (!are_numbers) return std::nullopt;
    const int less = left->a_const->ival->ival - right->a_const->ival->ival;
    if (sign == "<") return less < 0;
    if (sign == ">") return less > 0;
    if (sign == "<=") return less <= 0;
    if (sign == ">=") return less >= 0;
    return std::nullopt;
}

std::optional<bool> truth(const Node* node);

std::optional<bool> truth(const PgQuery__BoolExpr& expression) {
    const bool is_and = expression.boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR;
    if (expression.boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR) {
        const auto inner = expression.n_args > 0 ? truth(expression.args[0]) : std::nullopt;
        return inner ? std::optional{!*inner} : std::nullopt;
    }
    bool all_known = true;
    for (std::size_t index = 0; index < expression.n_args; ++index) {
        const auto part = truth(expression.args[index]);
        if (!part) all_known = false;
        if (part && *part != is_and) return !is_and;
    }
    return all_known ? std::optional{is_and} : std::nullopt;
}

std::optional<bool> truth(const Node* node) {
    node = uncast(node);
    if (node == nullptr) return std::nullopt;
    if (is_constant(node) && node->a_const->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL)
        return node->a_const->boolval->boolval != 0;
    if (is_constant(node) && node->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL) {
        const std::string word = text_of(node->a_const->sval->sval);
        if (word == "t" || word == "true") return true;
    }
    if (node->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR) return truth(*node->bool_expr);
    if (node->node_case == PG_QUERY__NODE__NODE_A_EXPR) return compared(*node->a_expr);
    return std::nullopt;
}

ComparisonKind kind_of_comparison(const PgQuery__AExpr& expression) {
    switch (static_cast<int>(expression.kind)) {
        case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
        case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM:
            return ComparisonKind::between;
        case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
            return operator_of(expression) == "=" ? ComparisonKind::equal : ComparisonKind::other;
        case PG_QUERY__A__EXPR__KIND__AEXPR_OP:
        case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY:
            break;
        default:
            return ComparisonKind::other;
    }
    const std::string sign = operator_of(expression);
    if (sign == "=") return ComparisonKind::equal;
    if (sign == "<" || sign == "<=") return ComparisonKind::below;
    if (sign == ">" || sign == ">=") return ComparisonKind::above;
    return ComparisonKind::other;
}

// lower(a), of which a value tells much as one of a would; not coalesce(), which adds rows.
std::string argument_of(const Node* node) {
    node = uncast(node);
    if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_FUNC_CALL) return {};
    const PgQuery__FuncCall& call = *node->func_call;
    std::string column;
    for (std::size_t index = 0; index < call.n_args; ++index) {
        if (is_constant(uncast(call.args[index]))) continue;
        if (!column.empty()) return {};
        column = column_of(call.args[index]);
        if (column.empty()) return {};
    }
    return column;
}

// 5 < a is a > 5.
ComparisonKind turned(ComparisonKind kind) {
    if (kind == ComparisonKind::below) return ComparisonKind::above;
    if (kind == ComparisonKind::above) return ComparisonKind::below;
    return kind;
}

void add(const Node* node, std::vector<Comparison>& comparisons);

void add_columns(const PgQuery__AExpr& expression, std::vector<Comparison>& comparisons) {
    const ComparisonKind kind = kind_of_comparison(expression);
    const std::string left = column_of(expression.lexpr);
    const std::string right = column_of(expression.rexpr);
    if (left.empty() && right.empty() && kind == ComparisonKind::equal)
        for (const auto& [call, value] : {std::pair{expression.lexpr, expression.rexpr},
                                          std::pair{expression.rexpr, expression.lexpr}})
            if (const std::string column = argument_of(call);
                !column.empty() && is_constant(uncast(value)))
                comparisons.push_back({column, kind});
    // A join compares with another table's rows, not with one value.
    if (!left.empty() && !right.empty()) {
        const ObjectName one = name_of_column(expression.lexpr);
        const ObjectName other = name_of_column(expression.rexpr);
        comparisons.push_back({left, ComparisonKind::column, kind, other});
        comparisons.push_back({right, ComparisonKind::column, turned(kind), one});
        return;
    }
    if (!left.empty()) comparisons.push_back({left, kind});
    if (!right.empty()) comparisons.push_back({right, turned(kind)});
}

void add(const Node* node, std::vector<Comparison>& comparisons) {
    if (node == nullptr) return;
    switch (static_cast<int>(node->node_case)) {
        case PG_QUERY__NODE__NODE_BOOL_EXPR:
            if (node->bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR)
                for (std::size_t index = 0; index < node->bool_expr->n_args; ++index)
                    add(node->bool_expr->args[index], comparisons);
            return;
        case PG_QUERY__NODE__NODE_A_EXPR:
            return add_columns(*node->a_expr, comparisons);
        case PG_QUERY__NODE__NODE_SUB_LINK: {
            const std::string column = column_of(node->sub_link->testexpr);
            if (!column.empty()) comparisons.push_back({column, ComparisonKind::rows});
            return;
        }
        case PG_QUERY__NODE__NODE_CURRENT_OF_EXPR:
            comparisons.push_back({"ctid", ComparisonKind::equal});
            return;
        default:
            return;
    }
}

}  // namespace

bool always_holds(const Node* node) { return truth(node).value_or(false); }

std::vector<Comparison> comparisons_of(const Node* node) {
    std::vector<Comparison> comparisons;
    add(node, comparisons);
    return comparisons;
}

}  // namespace migrations::sql
