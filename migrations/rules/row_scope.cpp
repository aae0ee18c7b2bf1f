#include "migrations/rules/row_scope.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::ComparisonKind;

namespace {

bool is_key(const Schema& schema, const ObjectName& table, const std::string& column) {
    if (column == "id" || column == "ctid" || column.ends_with("_id") || column == "uuid")
        return true;
    const KnownTable* known = schema.table(table);
    return known != nullptr &&
           std::any_of(known->indexes.begin(), known->indexes.end(), [&](const KnownIndex& index) {
               return index.unique && !index.columns.empty() && index.columns.front() == column;
           });
}

}  // namespace

bool takes_every_row(const sql::Rows& rows) { return !rows.has_where || rows.where.is_true; }

namespace {

bool compares(const sql::Rows& rows, ComparisonKind kind, const std::string& column) {
    return std::any_of(rows.where.comparisons.begin(), rows.where.comparisons.end(),
                       [&](const sql::Comparison& each) {
                           return each.kind == kind && (column.empty() || each.column == column);
                       });
}

bool is_of_another(const sql::Rows& rows, const ObjectName& name) {
    return !name.schema.empty() && name.schema != rows.table.name && name.schema != rows.alias;
}

// In code: what is, or may be, no column of the one table that the statement names.
bool is_variable(const Schema& schema, const sql::Rows& rows, const ObjectName& name) {
    if (!name.schema.empty()) return is_of_another(rows, name);
    const KnownTable* known = schema.table(rows.table);
    return known == nullptr || !known->is_complete || known->column(name.name) == nullptr;
}

// The two that one sign stands between. Where both may be columns, the left one is.
sql::Comparison* compared_with_variable(const Schema& schema, const sql::Rows& rows,
                                        sql::Comparison& left, sql::Comparison& right) {
    if (is_of_another(rows, right.other)) return &right;
    if (is_variable(schema, rows, left.other)) return &left;
    return is_variable(schema, rows, right.other) ? &right : nullptr;
}

// A LIMIT, or as many rows as another relation has that is listed in the statement.
bool is_listed(const sql::Rows& rows) {
    if (rows.has_limit) return true;
    if (!rows.reads.empty()) return false;
    return compares(rows, ComparisonKind::rows, "") ||
           (rows.from_query && compares(rows, ComparisonKind::column, ""));
}

bool is_range(const sql::Rows& rows, const std::string& column) {
    return compares(rows, ComparisonKind::between, column) ||
           (compares(rows, ComparisonKind::above, column) &&
            compares(rows, ComparisonKind::below, column));
}

// A value of the column that any number of rows may have, since there are few. Not told of a table
// that is not known.
bool is_shared(const Schema& schema, const sql::Rows& rows, const std::string& column) {
    const KnownTable* table = schema.table(rows.table);
    const KnownColumn* known = table == nullptr ? nullptr : table->column(column);
    if (known == nullptr || !table->is_complete || is_key(schema, rows.table, column)) return false;
    const sql::TypeName& type = known->type;
    return type.name == "bool" || schema.enumeration({type.schema, type.name, 0}) != nullptr;
}

// One value, some of them, or those between two.
bool is_between(const sql::Rows& rows, const std::string& column) {
    return compares(rows, ComparisonKind::equal, column) || is_range(rows, column);
}

}  // namespace

bool is_bounded(const sql::Rows& rows) { return is_listed(rows) || is_between(rows, ""); }

bool is_bounded(const Schema& schema, const sql::Rows& rows) {
    return is_listed(rows) || is_range(rows, "") ||
           std::any_of(rows.where.comparisons.begin(), rows.where.comparisons.end(),
                       [&](const sql::Comparison& each) {
                           return each.kind == ComparisonKind::equal &&
                                  !is_shared(schema, rows, each.column);
                       });
}

bool is_batch(const sql::Rows& rows) {
    return rows.has_limit ? rows.takes_many
                          : is_range(rows, "") && !compares(rows, ComparisonKind::equal, "");
}

void take_variables(const Schema& schema, sql::Rows& rows) {
    for (sql::Rows& each : rows.with) take_variables(schema, each);
    const bool is_of_one = rows.verb == sql::RowsVerb::update || rows.verb == sql::RowsVerb::erase;
    if (!is_of_one || rows.from_query) return;
    auto& all = rows.where.comparisons;
    for (std::size_t at = 0; at + 1 < all.size(); ++at) {
        if (all[at].kind != ComparisonKind::column) continue;
        auto* found = compared_with_variable(schema, rows, all[at], all[at + 1]);
        if (found != nullptr) found->kind = found->sign;
        ++at;
    }
}

bool is_narrow(const Schema& schema, const sql::Rows& rows) {
    return is_listed(rows) ||
           std::any_of(rows.where.comparisons.begin(), rows.where.comparisons.end(),
                       [&](const sql::Comparison& each) {
                           return is_key(schema, rows.table, each.column) &&
                                  is_between(rows, each.column);
                       });
}

}  // namespace migrations::rules
