// migrations/sql/shape.hpp: an expression as text that two equal ones share, wherever they stand.
//
// Format  the parse tree without positions, for comparing alone: nobody reads it.
// Include in .cpp files of migrations/sql alone.
#pragma once

#include "migrations/sql/tree_reading.hpp"

#include <string>

namespace migrations::sql {

// Begins with "{"; nothing where there is no expression.
[[nodiscard]] std::string shape_of(const Node* node);

}  // namespace migrations::sql
