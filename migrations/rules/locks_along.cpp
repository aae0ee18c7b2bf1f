#include "migrations/rules/locks_along.hpp"

#include "migrations/rules/alike.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::ConstraintKind;
using sql::TableChangeKind;

namespace {

// Which rows may be in it changes with every partition that comes or goes.
void add_default_of(const Schema& schema, const ObjectName& parent, std::vector<LockAlong>& locks) {
    if (const KnownTable* rest = default_partition(schema, parent))
        locks.push_back({rest->name, LockMode::access_exclusive});
}

// What refers to a partitioned table has triggers for each partition of it.
void add_referring(const Schema& schema, const ObjectName& parent, LockMode mode,
                   std::vector<LockAlong>& locks) {
    for (const KnownTable* each : referring_tables(schema, parent))
        locks.push_back({each->name, mode});
}

// A foreign key of its own that becomes a part of the parent's loses its triggers on what it refers
// to; else those of a new one are made there.
void add_attached(const Schema& schema, const ObjectName& parent, const ObjectName& partition,
                  std::vector<LockAlong>& locks) {
    const KnownTable* above = schema.table(parent);
    const KnownTable* below = schema.table(partition);
    if (above == nullptr) return;
    for (const KnownConstraint& each : above->constraints)
        if (each.kind == ConstraintKind::foreign_key)
            locks.push_back({each.references, below != nullptr && equal_key(each, *below)
                                                  ? LockMode::access_exclusive
                                                  : LockMode::share_row_exclusive});
}

// Its foreign keys get triggers of their own on the tables that they refer to.
void add_detached(const Schema& schema, const ObjectName& partition,
                  std::vector<LockAlong>& locks) {
    const KnownTable* table = schema.table(partition);
    if (table == nullptr) return;
    for (const KnownConstraint& each : table->constraints)
        if (is_part_of_foreign_key(each))
            locks.push_back({each.references, LockMode::share_row_exclusive});
}

}  // namespace

std::vector<LockAlong> locks_along_new_partition(const Schema& schema, const ObjectName& parent) {
    std::vector<LockAlong> locks;
    add_default_of(schema, parent, locks);
    add_referring(schema, parent, LockMode::share_row_exclusive, locks);
    if (const KnownTable* table = schema.table(parent))
        for (const KnownConstraint& each : table->constraints)
            if (each.kind == ConstraintKind::foreign_key)
                locks.push_back({each.references, LockMode::share_row_exclusive});
    return locks;
}

std::vector<LockAlong> locks_along_dropped_table(const Schema& schema, const ObjectName& name) {
    std::vector<LockAlong> locks;
    const KnownTable* table = schema.table(name);
    if (table == nullptr) return locks;
    for (const KnownConstraint& each : table->constraints)
        if (ends_with_table(each)) locks.push_back({each.references, LockMode::access_exclusive});
    if (table->parent.name.empty()) return locks;
    locks.push_back({table->parent, LockMode::access_exclusive});
    add_default_of(schema, table->parent, locks);
    return locks;
}

std::vector<LockAlong> locks_along(const Schema& schema, const ObjectName& table,
                                   const sql::TableChange& change) {
    std::vector<LockAlong> locks;
    const bool attaches = change.kind == TableChangeKind::attach_partition;
    const bool detaches = change.kind == TableChangeKind::detach_partition;
    if (attaches || detaches) locks.push_back({change.other, LockMode::access_exclusive});
    if (attaches || (detaches && !change.concurrently && !change.finalize))
        add_default_of(schema, table, locks);
    if (attaches) add_referring(schema, table, LockMode::share_row_exclusive, locks);
    if (detaches) add_referring(schema, table, LockMode::access_exclusive, locks);
    if (attaches) add_attached(schema, table, change.other, locks);
    if (detaches) add_detached(schema, change.other, locks);
    if (const KnownTable* known = schema.table(table))
        for (const KnownConstraint& each : known->constraints)
            if (ends(change, each)) locks.push_back({each.references, LockMode::access_exclusive});
    return locks;
}

std::vector<const KnownTable*> referring_tables(const Schema& schema, const ObjectName& table) {
    std::vector<const KnownTable*> referring;
    for (const auto& [key, known] : schema.tables())
        if (std::any_of(known.constraints.begin(), known.constraints.end(), [&](const auto& each) {
                return ends_with_table(each) && key_of(each.references) == key_of(table);
            }))
            referring.push_back(&known);
    return referring;
}

bool is_part_of_foreign_key(const KnownConstraint& constraint) {
    return constraint.kind == ConstraintKind::foreign_key && !constraint.parent_name.empty();
}

bool ends_with_table(const KnownConstraint& constraint) {
    return constraint.kind == ConstraintKind::foreign_key && constraint.parent_name.empty();
}

bool ends(const sql::TableChange& change, const KnownConstraint& constraint) {
    if (constraint.kind != ConstraintKind::foreign_key) return false;
    if (change.kind == TableChangeKind::drop_constraint) return constraint.name == change.name;
    return change.kind == TableChangeKind::drop_column && contains(constraint.columns, change.name);
}

}  // namespace migrations::rules
