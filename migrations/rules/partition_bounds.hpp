// migrations/rules/partition_bounds.hpp: what a partition's bounds say of its rows.
//
// Source  get_qual_for_list() and get_qual_for_range() of PostgreSQL 15, whose condition a CHECK
//         must imply.
#pragma once

#include "migrations/rules/schema.hpp"

#include <optional>
#include <string>
#include <vector>

namespace migrations::rules {

// `keys`: columns, or shapes of expressions. Nothing where the bounds cannot be read, or are of a
// hash; of a DEFAULT, which depends on its siblings, neither.
[[nodiscard]] std::optional<sql::Condition> rows_within(const sql::PartitionBound& bound,
                                                        const std::vector<std::string>& keys);
// What a partition of the table with these bounds must hold, by the bounds of the table itself as
// well; of a DEFAULT, that no other partition takes the row.
[[nodiscard]] std::optional<sql::Condition> rows_of_partition(const Schema& schema,
                                                              const KnownTable& parent,
                                                              const sql::PartitionBound& bound);
// As SQL; nothing where a key is an expression.
[[nodiscard]] std::optional<std::string> check_text(const sql::Condition& condition);

}  // namespace migrations::rules
