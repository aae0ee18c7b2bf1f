#include "migrations/rules/nested_sql.hpp"
#include "migrations/rules/schema.hpp"

#include <algorithm>
#include <array>
#include <variant>

// What code does to a schema, of which nobody knows whether, and how often, it is run.

namespace migrations::rules {

using sql::TableChange;
using sql::TableChangeKind;

namespace {

// A name that is only known when the code runs may be another each time.
template <class Known>
bool was_there(const Known* known) {
    return known != nullptr && known->origin == Origin::history &&
           known->name.name.find(unknown_name) == std::string::npos;
}

struct Older {
    const Schema& schema;

    [[nodiscard]] bool is_relation(const ObjectName& name) const {
        return was_there(schema.table(name)) || was_there(schema.view(name));
    }
    [[nodiscard]] bool is_type(const ObjectName& name) const {
        return was_there(schema.domain(name)) || was_there(schema.enumeration(name)) ||
               was_there(schema.object(name));
    }

    bool operator()(const sql::CreateTable& create) const {
        return !create.temporary && is_relation(create.table);
    }
    bool operator()(const sql::CreateTableAs& create) const {
        return !create.temporary && is_relation(create.table);
    }
    bool operator()(const sql::CreateView& create) const {
        return !create.temporary && !create.replace && is_relation(create.view);
    }
    bool operator()(const sql::CreateIndex& create) const {
        const KnownTable* table = schema.table(create.table);
        const KnownIndex* index = table == nullptr ? nullptr : table->index(create.name);
        return was_there(table) && index != nullptr && index->origin == Origin::history;
    }
    bool operator()(const sql::CreateDomain& create) const { return is_type(create.domain); }
    bool operator()(const sql::CreateEnum& create) const { return is_type(create.type); }
    bool operator()(const sql::CreateType& create) const { return is_type(create.type); }
    bool operator()(const sql::CreateSequence& create) const {
        return !create.temporary && was_there(schema.object(create.sequence));
    }
    bool operator()(const sql::CreateFunction& create) const {
        return !create.replace && was_there(schema.function(create.function));
    }
    template <class Action>
    bool operator()(const Action&) const {
        return false;
    }
};

bool finds_its_own(const KnownTable& table, const TableChange& change) {
    if (change.kind == TableChangeKind::add_column) {
        const KnownColumn* column = table.column(change.name);
        return column != nullptr && column->origin == Origin::history;
    }
    if (change.kind != TableChangeKind::add_constraint || change.constraint.name.empty())
        return false;
    const KnownConstraint* constraint = table.constraint(change.constraint.name);
    return constraint != nullptr && constraint->origin == Origin::history;
}

}  // namespace

bool Schema::is_older(const sql::Action& action) const { return std::visit(Older{*this}, action); }

sql::AlterTable Schema::counted(const sql::AlterTable& alter) const {
    sql::AlterTable counted = alter;
    if (const KnownTable* known = table(alter.table); was_there(known))
        std::erase_if(counted.changes,
                      [&](const auto& each) { return finds_its_own(*known, each); });
    return counted;
}

void Schema::doubt(const KnownTable& before) {
    const auto found = tables_.find(key_of(before.name));
    if (found == tables_.end()) return;
    keep(found->first);
    for (KnownColumn& column : found->second.columns) {
        const KnownColumn* was = before.column(column.name);
        if (was != nullptr && !was->not_null) column.not_null = false;
    }
    for (KnownConstraint& constraint : found->second.constraints) {
        const KnownConstraint* was = before.constraint(constraint.name);
        if (was == nullptr || !was->validated) constraint.validated = false;
    }
}

bool goes_below(TableChangeKind kind) {
    constexpr std::array kinds{
        TableChangeKind::add_column,
        TableChangeKind::drop_column,
        TableChangeKind::set_type,
        TableChangeKind::set_default,
        TableChangeKind::drop_default,
        TableChangeKind::set_not_null,
        TableChangeKind::drop_not_null,
        TableChangeKind::drop_expression,
        TableChangeKind::add_constraint,
        TableChangeKind::drop_constraint,
        TableChangeKind::validate_constraint,
    };
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

}  // namespace migrations::rules
