// migrations/rules/alike.hpp: which part of a partition PostgreSQL takes for a part of its parent,
// instead of making one.
//
// Source  CompareIndexInfo() and tryAttachPartitionForeignKey() of PostgreSQL 15.
#pragma once

#include "migrations/rules/schema.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace migrations::rules {

[[nodiscard]] bool is_of_table(sql::ConstraintKind kind);
[[nodiscard]] bool has_index(sql::ConstraintKind kind);
// As the schema will know it, but for where it comes from.
[[nodiscard]] KnownConstraint known_constraint(const sql::Constraint& constraint);
[[nodiscard]] KnownIndex known_index(const sql::CreateIndex& create);
[[nodiscard]] KnownIndex known_index(const KnownConstraint& constraint);

// Places in the partition's lists: of what is a part of the parent's already, else of what may
// become one.
[[nodiscard]] std::optional<std::size_t> equal_index(const KnownTable& parent,
                                                     const KnownIndex& index,
                                                     const KnownTable& partition);
[[nodiscard]] std::optional<std::size_t> equal_key(const KnownConstraint& key,
                                                   const KnownTable& partition);

// Names of the parent's indexes that the partition has no equal one of.
[[nodiscard]] std::vector<std::string> lacking_indexes(const KnownTable& parent,
                                                       const KnownTable& partition);
// The first of the parent's foreign keys that the partition has no equal one of.
[[nodiscard]] const KnownConstraint* lacking_key(const KnownTable& parent,
                                                 const KnownTable& partition);

// The partition's own foreign keys that become parts of the parent's.
[[nodiscard]] std::vector<const KnownConstraint*> keys_that_join(const KnownTable& parent,
                                                                 const KnownTable& partition);

// There are partitions, and each has an equal one already: none is made, no row is read.
[[nodiscard]] bool every_partition_has(const Schema& schema, const KnownTable& parent,
                                       const KnownIndex& index, const KnownConstraint* backed);
[[nodiscard]] bool every_partition_has(const Schema& schema, const KnownTable& parent,
                                       const KnownConstraint& key);

}  // namespace migrations::rules
