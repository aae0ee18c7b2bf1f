#include "migrations/rules/schema.hpp"

#include <algorithm>

// What a change of a column, or of a domain, does to what is known of it.

namespace migrations::rules {

using sql::ConstraintKind;
using sql::ObjectKind;
using sql::TableChangeKind;

namespace {

template <class Items>
void remove_named(Items& items, const std::string& name) {
    std::erase_if(items, [&](const auto& item) { return item.name == name; });
}

bool lists(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

void change_undescribed(KnownTable& table, const sql::TableChange& change) {
    if (table.column(change.name)) return;
    if (change.kind == TableChangeKind::set_not_null) table.never_null.push_back(change.name);
    if (change.kind == TableChangeKind::drop_not_null) std::erase(table.never_null, change.name);
    if (change.kind != TableChangeKind::set_type || table.is_complete ||
        !may_be_row_type(change.column.type))
        return;
    KnownColumn column{change.name, change.column.type, change.column.collation};
    column.not_null = std::erase(table.never_null, change.name) > 0;
    table.columns.push_back(std::move(column));
}

}  // namespace

void Schema::drop_dependent(KnownTable& table, ObjectKind kind, const std::string& name) {
    std::erase_if(table.dependents, [&](const KnownDependent& each) {
        return each.kind == kind && each.name == name;
    });
}

void Schema::change_column(KnownTable& table, const sql::TableChange& change) {
    change_undescribed(table, change);
    if (change.kind == TableChangeKind::drop_expression)
        drop_dependent(table, ObjectKind::column, change.name);
    for (KnownColumn& column : table.columns) {
        if (column.name != change.name) continue;
        if (change.kind == TableChangeKind::set_not_null) column.not_null = true;
        if (change.kind == TableChangeKind::drop_not_null) column.not_null = false;
        if (change.kind == TableChangeKind::set_default)
            column.has_default = !change.expression.is_null;
        if (change.kind == TableChangeKind::drop_default) column.has_default = false;
        if (change.kind == TableChangeKind::add_identity) column.identity = column.not_null = true;
        if (change.kind == TableChangeKind::drop_identity) column.identity = false;
        if (change.kind == TableChangeKind::drop_expression) column.generated = false;
        if (change.kind != TableChangeKind::set_type) continue;
        column.type = change.column.type;
        column.collation = change.column.collation;
    }
}

void Schema::drop_column(KnownTable& table, const std::string& name) {
    remove_named(table.columns, name);
    std::erase(table.never_null, name);
    drop_dependent(table, ObjectKind::column, name);
    std::erase_if(table.constraints, [&](const KnownConstraint& constraint) {
        return lists(constraint.columns, name) || lists(constraint.mentions, name);
    });
    std::erase_if(table.indexes, [&](const KnownIndex& index) {
        return lists(index.columns, name) || lists(index.mentions, name);
    });
}

void Schema::drop_constraint(KnownTable& table, const std::string& name) {
    remove_named(table.constraints, name);
    std::erase_if(table.indexes, [&](const KnownIndex& index) { return index.constraint == name; });
}

void Schema::make_domain(const sql::CreateDomain& create, Origin origin) {
    mark(key_of(create.domain));
    domains_[key_of(create.domain)] =
        known_domain(create, domain({create.type.schema, create.type.name}), origin);
}

void Schema::change_domain(const sql::AlterDomain& alter) {
    keep(key_of(alter.domain));
    KnownDomain& known = domains_[key_of(alter.domain)];
    known.name = alter.domain;
    using sql::DomainChangeKind;
    if (alter.kind == DomainChangeKind::set_default) known.default_value = alter.default_value;
    if (alter.kind == DomainChangeKind::add_constraint)
        rules::add_constraint(known, alter.constraint);
    if (alter.kind == DomainChangeKind::drop_constraint) std::erase(known.checks, alter.name);
    if (alter.kind == DomainChangeKind::set_not_null) known.not_null = true;
    if (alter.kind == DomainChangeKind::drop_not_null) known.not_null = false;
}

}  // namespace migrations::rules
