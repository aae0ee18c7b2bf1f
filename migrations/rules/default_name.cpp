#include "migrations/rules/schema.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::ConstraintKind;

namespace {

// PostgreSQL's NAMEDATALEN less one; makeObjectName() shortens the longer part first.
constexpr std::size_t name_bytes_max = 63;

std::string joined(std::string table, std::string columns, const std::string& label) {
    const std::size_t overhead = label.size() + (columns.empty() ? 1 : 2);
    while (table.size() + columns.size() + overhead > name_bytes_max)
        (table.size() > columns.size() ? table : columns).pop_back();
    return table + (columns.empty() ? "" : "_" + columns) + "_" + label;
}

std::string joined(const std::vector<std::string>& columns) {
    std::string text;
    for (const std::string& column : columns)
        text += (text.empty() ? "" : "_") + (column.empty() ? "expr" : column);
    return text;
}

}  // namespace

std::string default_name(const std::string& table, const sql::Constraint& constraint,
                         std::size_t number) {
    const std::string count = number == 0 ? std::string{} : std::to_string(number);
    switch (constraint.kind) {
        case ConstraintKind::primary_key:
            return joined(table, "", "pkey" + count);
        case ConstraintKind::unique:
            return joined(table, joined(constraint.columns), "key" + count);
        case ConstraintKind::foreign_key:
            return joined(table, joined(constraint.columns), "fkey" + count);
        case ConstraintKind::exclusion:
            return joined(table, joined(constraint.columns), "excl" + count);
        case ConstraintKind::check: {
            std::vector<std::string> columns = constraint.expression.columns;
            std::sort(columns.begin(), columns.end());
            columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
            return joined(table, columns.size() == 1 ? columns.front() : "", "check" + count);
        }
        case ConstraintKind::null:
        case ConstraintKind::not_null:
        case ConstraintKind::default_value:
        case ConstraintKind::identity:
        case ConstraintKind::generated:
            return {};
    }
    return {};
}

std::string default_name(const sql::CreateIndex& index) {
    std::vector<std::string> columns;
    for (const sql::IndexColumn& column : index.columns) columns.push_back(column.name);
    return joined(index.table.name, joined(columns), "idx");
}

std::string default_sequence_name(const std::string& table, const std::string& column) {
    return joined(table, column, "seq");
}

}  // namespace migrations::rules
