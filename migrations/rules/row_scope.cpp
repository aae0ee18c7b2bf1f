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

bool is_bounded(const Schema& schema, const sql::Rows& rows) {
    if (rows.has_limit) return true;
    bool has_above = false;
    bool has_below = false;
    for (const sql::Comparison& comparison : rows.where.comparisons) {
        // As many rows as the other table has; what no table gives is listed in the statement.
        const bool is_listed = rows.reads.empty();
        if (comparison.kind == ComparisonKind::rows && is_listed) return true;
        if (comparison.kind == ComparisonKind::column && is_listed && rows.from_query) return true;
        if (comparison.kind == ComparisonKind::rows || comparison.kind == ComparisonKind::column)
            continue;
        if (is_key(schema, rows.table, comparison.column)) return true;
        if (comparison.kind == ComparisonKind::equal || comparison.kind == ComparisonKind::between)
            return true;
        has_above = has_above || comparison.kind == ComparisonKind::above;
        has_below = has_below || comparison.kind == ComparisonKind::below;
    }
    return has_above && has_below;
}

}  // namespace migrations::rules
