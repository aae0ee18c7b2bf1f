// migrations/sql/conditions.hpp: what a condition says without running it.
//
// Include in .cpp files of migrations/sql alone.
#pragma once

#include "migrations/sql/tree_reading.hpp"

namespace migrations::sql {

// TRUE, 1 = 1, 2 > 1, c = c, and what AND, OR and NOT make of them.
[[nodiscard]] bool always_holds(const Node* node);

// Of columns with values, joined by AND.
[[nodiscard]] std::vector<Comparison> comparisons_of(const Node* node);

}  // namespace migrations::sql
