// migrations/sql/describe.hpp: from libpg_query's tree of one statement to what it does.
#pragma once

#include "migrations/sql/action.hpp"

#include <string_view>

struct PgQuery__Node;

namespace migrations::sql {

// `text` is the statement that the tree was made of.
[[nodiscard]] Action describe(const PgQuery__Node& node, std::string_view text);

}  // namespace migrations::sql
