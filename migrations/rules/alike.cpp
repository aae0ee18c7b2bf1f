#include "migrations/rules/alike.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::ConstraintKind;

namespace {

template <class Items, class Matches>
std::optional<std::size_t> place_of(const Items& items, const std::string& part_of,
                                    Matches matches) {
    for (std::size_t at = 0; at < items.size(); ++at)
        if (items[at].parent_name == part_of && matches(items[at])) return at;
    return std::nullopt;
}

std::string manner_of(const sql::Constraint& constraint) {
    return {constraint.on_delete, constraint.on_update, constraint.deferrable ? 'd' : 'n'};
}

// A constraint's index is matched by one of the same constraint alone; none of EXCLUDE by any.
bool backs_alike(const KnownConstraint* wanted, const KnownConstraint* found) {
    if (wanted == nullptr) return found == nullptr || found->kind != ConstraintKind::exclusion;
    return wanted->kind != ConstraintKind::exclusion && found != nullptr &&
           found->kind == wanted->kind;
}

std::optional<std::size_t> alike_index(const KnownIndex& index, const KnownConstraint* backed,
                                       const KnownTable& partition) {
    return place_of(partition.indexes, "", [&](const KnownIndex& own) {
        return own.columns == index.columns && own.unique == index.unique &&
               own.mentions == index.mentions && own.shape == index.shape &&
               backs_alike(backed, partition.constraint(own.constraint));
    });
}

bool are_alike(const KnownConstraint& key, const KnownConstraint& own) {
    const bool refers_alike = own.referenced_columns == key.referenced_columns ||
                              own.referenced_columns.empty() || key.referenced_columns.empty();
    return own.kind == ConstraintKind::foreign_key && own.validated && refers_alike &&
           key_of(own.references) == key_of(key.references) && own.columns == key.columns &&
           own.manner == key.manner;
}

std::optional<std::size_t> alike_key(const KnownConstraint& key, const KnownTable& partition) {
    return place_of(partition.constraints, "",
                    [&](const KnownConstraint& own) { return are_alike(key, own); });
}

template <class Has>
bool in_every_partition(const Schema& schema, const KnownTable& parent, Has has) {
    return !parent.partitions.empty() &&
           std::all_of(
               parent.partitions.begin(), parent.partitions.end(), [&](const std::string& key) {
                   const auto part = schema.tables().find(key);
                   return part != schema.tables().end() &&
                          (has(part->second) || in_every_partition(schema, part->second, has));
               });
}

}  // namespace

bool is_of_table(ConstraintKind kind) {
    return kind == ConstraintKind::check || kind == ConstraintKind::primary_key ||
           kind == ConstraintKind::unique || kind == ConstraintKind::exclusion ||
           kind == ConstraintKind::foreign_key;
}

bool has_index(ConstraintKind kind) {
    return kind == ConstraintKind::primary_key || kind == ConstraintKind::unique ||
           kind == ConstraintKind::exclusion;
}

KnownConstraint known_constraint(const sql::Constraint& constraint) {
    KnownConstraint known;
    known.name = constraint.name.empty() ? constraint.using_index : constraint.name;
    known.kind = constraint.kind;
    known.columns = constraint.columns;
    known.not_null_columns = constraint.expression.not_null_columns;
    known.references = constraint.references;
    known.validated = !constraint.not_valid;
    known.mentions = constraint.expression.columns;
    known.condition = constraint.condition;
    known.referenced_columns = constraint.referenced_columns;
    known.manner = manner_of(constraint);
    known.no_inherit = constraint.no_inherit;
    return known;
}

KnownIndex known_index(const sql::CreateIndex& create) {
    KnownIndex index;
    index.name = create.name.empty() ? default_name(create) : create.name;
    index.mentions = mentioned_by(create);
    for (const sql::IndexColumn& column : create.columns) index.columns.push_back(column.name);
    index.unique = create.unique;
    index.partial = create.where.is_there;
    index.shape = create.shape;
    index.concurrently = create.concurrently;
    return index;
}

KnownIndex known_index(const KnownConstraint& constraint) {
    KnownIndex index;
    index.name = constraint.name;
    index.columns = constraint.columns;
    index.unique = constraint.kind != ConstraintKind::exclusion;
    // What an EXCLUDE mentions beside its columns is in its WHERE, or in an expression.
    index.partial = !index.unique && !constraint.mentions.empty();
    index.constraint = constraint.name;
    index.mentions = constraint.mentions;
    return index;
}

std::optional<std::size_t> equal_index(const KnownTable& parent, const KnownIndex& index,
                                       const KnownTable& partition) {
    if (const auto part = place_of(partition.indexes, index.name, [](const auto&) { return true; }))
        return part;
    return alike_index(index, parent.constraint(index.constraint), partition);
}

std::optional<std::size_t> equal_key(const KnownConstraint& key, const KnownTable& partition) {
    if (const auto part = place_of(partition.constraints, key.name, [](const auto& own) {
            return own.kind == ConstraintKind::foreign_key;
        }))
        return part;
    return alike_key(key, partition);
}

std::vector<std::string> lacking_indexes(const KnownTable& parent, const KnownTable& partition) {
    std::vector<std::string> lacking;
    KnownTable taken = partition;  // one index of it is a part of one index alone
    for (const KnownIndex& index : parent.indexes) {
        const auto at = equal_index(parent, index, taken);
        if (at)
            taken.indexes[*at].parent_name = index.name;
        else
            lacking.push_back(index.name);
    }
    return lacking;
}

const KnownConstraint* lacking_key(const KnownTable& parent, const KnownTable& partition) {
    for (const KnownConstraint& key : parent.constraints)
        if (key.kind == ConstraintKind::foreign_key && !equal_key(key, partition)) return &key;
    return nullptr;
}

std::vector<const KnownConstraint*> keys_that_join(const KnownTable& parent,
                                                   const KnownTable& partition) {
    std::vector<const KnownConstraint*> keys;
    for (const KnownConstraint& key : parent.constraints)
        if (const auto at = equal_key(key, partition);
            key.kind == ConstraintKind::foreign_key && at)
            keys.push_back(&partition.constraints[*at]);
    return keys;
}

bool every_partition_has(const Schema& schema, const KnownTable& parent, const KnownIndex& index,
                         const KnownConstraint* backed) {
    return in_every_partition(schema, parent, [&](const KnownTable& partition) {
        return alike_index(index, backed, partition).has_value();
    });
}

bool every_partition_has(const Schema& schema, const KnownTable& parent,
                         const KnownConstraint& key) {
    return in_every_partition(schema, parent, [&](const KnownTable& partition) {
        return alike_key(key, partition).has_value();
    });
}

}  // namespace migrations::rules
