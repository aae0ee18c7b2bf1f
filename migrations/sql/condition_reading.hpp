// migrations/sql/condition_reading.hpp: conditions and bounds read out of libpg_query's tree.
//
// Include in .cpp files of migrations/sql alone.
#pragma once

#include "migrations/sql/tree_reading.hpp"

#include <string>

namespace migrations::sql {

// A column by its name, else the shape of the expression.
[[nodiscard]] std::string operand_of(const Node* node);
[[nodiscard]] Condition condition_of(const Node* node);
[[nodiscard]] PartitionBound bound_of(const PgQuery__PartitionBoundSpec* bound);

}  // namespace migrations::sql
