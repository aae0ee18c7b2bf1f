#include "migrations/rules/alike.hpp"
#include "migrations/rules/schema.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>
#include <utility>

// Constraints and indexes: of a table, and of what is below it.

namespace migrations::rules {

using sql::ConstraintKind;
using sql::TableChangeKind;

namespace {

bool is_partition_of(const KnownTable& below, const KnownTable& above) {
    return !below.parent.name.empty() && key_of(below.parent) == key_of(above.name);
}

}  // namespace

void Schema::add_index(KnownTable& table, KnownIndex index) {
    know_index(table, index.name);
    std::erase_if(table.indexes, [&](const KnownIndex& each) { return each.name == index.name; });
    table.indexes.push_back(std::move(index));
}

void Schema::add_constraint(KnownTable& table, sql::Constraint constraint, Origin origin,
                            std::size_t transaction) {
    if (!is_of_table(constraint.kind)) return;
    const KnownIndex* used =
        constraint.using_index.empty() ? nullptr : table.index(constraint.using_index);
    if (used != nullptr) constraint.columns = used->columns;
    KnownConstraint known = known_constraint(constraint);
    known.transaction = transaction;
    known.origin = origin;
    for (std::size_t number = 0; constraint.name.empty() && constraint.using_index.empty() &&
                                 (number == 0 || table.has_part(known.name));
         ++number)
        known.name = default_name(table.name.name, constraint, number);
    if (constraint.kind == ConstraintKind::primary_key)
        for (KnownColumn& column : table.columns)
            if (std::find(known.columns.begin(), known.columns.end(), column.name) !=
                known.columns.end())
                column.not_null = true;
    if (!constraint.using_index.empty())
        std::erase_if(table.indexes, [&](const KnownIndex& index) {
            return index.name == constraint.using_index;
        });
    if (has_index(constraint.kind)) {
        KnownIndex index = known_index(known);
        index.origin = origin;
        if (constraint.nulls_not_distinct) index.shape = "nulls not distinct;";
        add_index(table, std::move(index));
    }
    table.constraints.push_back(std::move(known));
}

// A partition has what its parent has; what inherits has its CHECKs alone.
void Schema::join(const ObjectName& parent, const ObjectName& heir, bool is_partition) {
    KnownTable& above = met(parent);
    KnownTable& below = met(heir);
    const auto heirs = all_below(*this, heir);
    // A circle: the server refuses it.
    if (&above == &below || std::find(heirs.begin(), heirs.end(), &above) != heirs.end()) return;
    (is_partition ? above.partitions : above.heirs).push_back(key_of(heir));
    if (is_partition) below.parent = parent;
    const bool is_older = below.origin == Origin::history && !below.is_foreign;
    if (is_older || below.holds_older) hold_older(above);
    pass_on(above, below);
}

// With it what it is a part of itself.
void Schema::hold_older(KnownTable& table) {
    if (table.origin != Origin::script || table.holds_older) return;
    const std::string key = key_of(table.name);
    mark(key);
    table.holds_older = true;
    if (!table.parent.name.empty())
        if (const auto parent = tables_.find(key_of(table.parent)); parent != tables_.end())
            hold_older(parent->second);
    if (!table.inherits) return;
    for (auto& [other, above] : tables_)
        if (std::find(above.heirs.begin(), above.heirs.end(), key) != above.heirs.end())
            hold_older(above);
}

// With it what it is a part of itself.
void Schema::let_go(KnownTable& table) {
    if (!table.holds_older) return;
    const std::vector<std::string> keys = table.below();
    table.holds_older = std::any_of(keys.begin(), keys.end(), [&](const auto& key) {
        const auto below = tables_.find(key);
        return below != tables_.end() &&
               (below->second.origin == Origin::history || below->second.holds_older);
    });
    if (table.holds_older) return;
    const std::string key = key_of(table.name);
    for (auto& [other, above] : tables_) {
        const std::vector<std::string> parts = above.below();
        if (std::find(parts.begin(), parts.end(), key) != parts.end()) let_go(above);
    }
}

void Schema::pass_on(const KnownTable& above, KnownTable& below) {
    for (const KnownConstraint& each : above.constraints) pass_constraint(above, each, below);
    if (!is_partition_of(below, above)) return;
    for (const KnownIndex& each : above.indexes)
        if (each.constraint.empty()) pass_index(above, each, below);
}

void Schema::pass_constraint(const KnownTable& above, const KnownConstraint& constraint,
                             KnownTable& below) {
    if (constraint.kind == ConstraintKind::check) {
        if (constraint.no_inherit || below.constraint(constraint.name) != nullptr) return;
        below.constraints.push_back(constraint);
        below.constraints.back().parent_name = constraint.name;
        return;
    }
    if (!is_partition_of(below, above)) return;
    if (constraint.kind == ConstraintKind::foreign_key) return pass_key(constraint, below);
    if (const KnownIndex* index = above.index(constraint.name)) pass_index(above, *index, below);
}

void Schema::pass_key(const KnownConstraint& key, KnownTable& below) {
    if (const auto equal = equal_key(key, below)) {
        below.constraints[*equal].parent_name = key.name;
        return;
    }
    below.constraints.push_back(key);
    below.constraints.back().parent_name = key.name;
}

void Schema::pass_index(const KnownTable& above, const KnownIndex& index, KnownTable& below) {
    if (const auto equal = equal_index(above, index, below)) {
        KnownIndex& own = below.indexes[*equal];
        own.parent_name = index.name;
        for (KnownConstraint& each : below.constraints)
            if (each.name == own.constraint) each.parent_name = index.constraint;
        return;
    }
    if (const KnownConstraint* backed = above.constraint(index.constraint)) {
        sql::Constraint constraint;
        constraint.kind = backed->kind;
        constraint.columns = backed->columns;
        add_constraint(below, std::move(constraint), backed->origin, backed->transaction);
        below.constraints.back().parent_name = backed->name;
        below.indexes.back().parent_name = index.name;
        return;
    }
    sql::CreateIndex create;
    create.table = below.name;
    for (const std::string& column : index.columns) create.columns.push_back({column, {}});
    KnownIndex own = index;
    own.parent_name = index.name;
    own.name = default_name(create);
    for (std::size_t number = 1; below.has_part(own.name); ++number)
        own.name = default_name(create) + std::to_string(number);
    add_index(below, std::move(own));
}

// To its partitions, and to theirs.
void Schema::pass_down(const KnownTable& table, const KnownIndex& index) {
    for (const std::string& key : table.partitions) {
        const auto found = tables_.find(key);
        if (found == tables_.end()) continue;
        mark(key);
        pass_index(table, index, found->second);
        if (const auto own = equal_index(table, index, found->second))
            pass_down(found->second, found->second.indexes[*own]);
    }
}

void Schema::drop_parts_of(KnownTable& below, const std::string& constraint) {
    std::vector<std::string> dropped;
    for (const KnownConstraint& each : below.constraints)
        if (each.parent_name == constraint) dropped.push_back(each.name);
    for (const std::string& each : dropped) {
        drop_constraint(below, each);
        for (const std::string& key : below.below())
            if (const auto heir = tables_.find(key); heir != tables_.end()) {
                mark(key);
                drop_parts_of(heir->second, each);
            }
    }
}

void Schema::drop_indexes_below(const KnownTable& table, const std::string& index) {
    for (const std::string& key : table.partitions) {
        const auto found = tables_.find(key);
        if (found == tables_.end()) continue;
        std::vector<std::string> parts;
        for (const KnownIndex& each : found->second.indexes)
            if (each.parent_name == index) parts.push_back(each.name);
        for (const std::string& part : parts) drop_index({found->second.name.schema, part, 0});
    }
}

void Schema::attach_indexes(const sql::AlterTable& alter) {
    for (const sql::TableChange& each : alter.changes) {
        const auto of = table_of_index_.find(key_of(each.other));
        if (each.kind != TableChangeKind::attach_partition || of == table_of_index_.end() ||
            !tables_.contains(of->second))
            continue;
        mark(of->second);
        for (KnownIndex& index : tables_[of->second].indexes)
            if (index.name == each.other.name) index.parent_name = alter.table.name;
    }
}

}  // namespace migrations::rules
