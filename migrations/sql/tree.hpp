// migrations/sql/tree.hpp: what libpg_query's tree of one statement touches.
#pragma once

#include "migrations/sql/touched.hpp"

#include <optional>
#include <vector>

struct PgQuery__Node;

namespace migrations::sql {

// Nothing where the statement can do anything, so that its tree does not tell.
[[nodiscard]] std::optional<std::vector<Touched>> touched_by(const PgQuery__Node& node);

}  // namespace migrations::sql
