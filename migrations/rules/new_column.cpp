#include "migrations/rules/new_column.hpp"

#include "migrations/rules/table_changes.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::Constraint;
using sql::ConstraintKind;
using sql::TableChange;
using sql::TableChangeKind;

namespace {

bool is_filled_by_server(const sql::Column& column) {
    return is_serial(column.type) || part(column, ConstraintKind::generated) != nullptr ||
           part(column, ConstraintKind::identity) != nullptr;
}

// IF NOT EXISTS may have found one that is full.
bool adds_null(const Situation& situation, const TableChange& change) {
    return change.kind == TableChangeKind::add_column && !change.if_exists &&
           !is_filled_by_server(change.column) && value_of(situation, change.column) == nullptr;
}

// So may a function, and code.
bool may_write_rows(const sql::Action& action) {
    if (const auto* rows = std::get_if<sql::Rows>(&action))
        return rows->verb != sql::RowsVerb::select || !rows->all.functions.empty() ||
               !rows->with.empty();
    return std::holds_alternative<sql::DoBlock>(action) ||
           std::holds_alternative<sql::Truncate>(action) ||
           std::holds_alternative<sql::Other>(action);
}

// The last of a statement's changes that gives rows a value of the column, or NULL.
const TableChange* giving(const sql::AlterTable& alter, const std::string& column) {
    const TableChange* found = nullptr;
    for (const TableChange& change : alter.changes)
        if (change.name == column && (change.kind == TableChangeKind::add_column ||
                                      change.kind == TableChangeKind::set_type ||
                                      change.kind == TableChangeKind::drop_column))
            found = &change;
    return found;
}

bool drops(const sql::Drop& drop, const sql::ObjectName& table) {
    return std::any_of(drop.objects.begin(), drop.objects.end(), [&](const auto& each) {
        return each.name.name == table.name || each.name.name == table.schema;
    });
}

// What had the name before is another column, or that of another table.
bool changes_meaning(const sql::Action& action, const sql::ObjectName& table,
                     const std::string& column) {
    if (const auto* set = std::get_if<sql::SetSchema>(&action)) return set->name.name == table.name;
    if (const auto* drop = std::get_if<sql::Drop>(&action)) return drops(*drop, table);
    const auto* rename = std::get_if<sql::Rename>(&action);
    if (rename == nullptr) return false;
    if (rename->object == sql::ObjectKind::schema)
        return table.schema.empty() || rename->new_name == table.schema;
    if (rename->object != sql::ObjectKind::column) return rename->new_name == table.name;
    return key_of(rename->name) == key_of(table) &&
           (rename->part == column || rename->new_name == column);
}

}  // namespace

const Constraint* part(const sql::Column& column, ConstraintKind kind) {
    const auto found = std::find_if(column.constraints.begin(), column.constraints.end(),
                                    [&](const Constraint& each) { return each.kind == kind; });
    return found == column.constraints.end() ? nullptr : &*found;
}

const KnownDomain* domain_of(const Situation& situation, const sql::TypeName& type) {
    return type.array_dimensions > 0 ? nullptr
                                     : situation.schema.domain({type.schema, type.name, 0});
}

const sql::Expression* value_of(const Situation& situation, const sql::Column& column) {
    if (const Constraint* said = part(column, ConstraintKind::default_value))
        return said->expression.is_null ? nullptr : &said->expression;
    const KnownDomain* domain = domain_of(situation, column.type);
    if (domain == nullptr || !domain->default_value.is_there || domain->default_value.is_null)
        return nullptr;
    return &domain->default_value;
}

bool is_null_in_every_row(const Situation& situation, const sql::AlterTable& alter,
                          const std::string& column) {
    if (const TableChange* here = giving(alter, column)) return adds_null(situation, *here);
    for (auto each = situation.before.rbegin(); each != situation.before.rend(); ++each) {
        if (may_write_rows(each->action) || changes_meaning(each->action, alter.table, column))
            return false;
        const auto* earlier = std::get_if<sql::AlterTable>(&each->action);
        if (earlier == nullptr || key_of(earlier->table) != key_of(alter.table)) continue;
        if (const TableChange* before = giving(*earlier, column))
            return adds_null(situation, *before);
    }
    return false;
}

}  // namespace migrations::rules
