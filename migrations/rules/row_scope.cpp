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

// One value, some of them, or those between two.
bool is_between(const sql::Rows& rows, const std::string& column) {
    return compares(rows, ComparisonKind::equal, column) || is_range(rows, column);
}

}  // namespace

bool is_bounded(const sql::Rows& rows) { return is_listed(rows) || is_between(rows, ""); }

bool is_batch(const sql::Rows& rows) {
    return rows.has_limit ? rows.takes_many
                          : is_range(rows, "") && !compares(rows, ComparisonKind::equal, "");
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
