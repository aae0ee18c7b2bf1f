// migrations/rules/locks_along.hpp: the locks on tables that a statement does not name: what a
// foreign key refers to, the parent of a partition, its default partition.
//
// Source  PostgreSQL 15: RemoveTriggerById(), CreateTrigger(), tryAttachPartitionForeignKey(),
//         DetachPartitionFinalize(), heap_drop_with_catalog(); measured.
#pragma once

#include "migrations/rules/session.hpp"

#include <vector>

namespace migrations::rules {

struct LockAlong {
    ObjectName table;
    LockMode mode{};
};

[[nodiscard]] std::vector<LockAlong> locks_along_new_partition(const Schema& schema,
                                                               const ObjectName& parent);
[[nodiscard]] std::vector<LockAlong> locks_along_dropped_table(const Schema& schema,
                                                               const ObjectName& name);
// Of one change of a table.
[[nodiscard]] std::vector<LockAlong> locks_along(const Schema& schema, const ObjectName& table,
                                                 const sql::TableChange& change);

// That have a foreign key of their own to it.
[[nodiscard]] std::vector<const KnownTable*> referring_tables(const Schema& schema,
                                                              const ObjectName& table);
// A foreign key that a partition has of its parent: it has no triggers of its own on the table that
// it refers to.
[[nodiscard]] bool is_part_of_foreign_key(const KnownConstraint& constraint);
// A foreign key that goes with its table, or with the change: then its triggers go as well.
[[nodiscard]] bool ends_with_table(const KnownConstraint& constraint);
[[nodiscard]] bool ends(const sql::TableChange& change, const KnownConstraint& constraint);

}  // namespace migrations::rules
