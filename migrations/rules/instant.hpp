// migrations/rules/instant.hpp: statements during which nobody waits long.
#pragma once

#include "migrations/sql/action.hpp"

namespace migrations::rules {

// Done in the catalog in no time, waiting for nobody; or nothing by itself, as a DO block, whose
// statements are.
[[nodiscard]] bool is_instant(const sql::Action& action);

// A few rows of a tool's own bookkeeping, as every tool writes them at the end of each of its
// transactions.
[[nodiscard]] bool is_record_of_tool(const sql::Rows& rows);
[[nodiscard]] bool is_record_of_tool(const sql::Action& action);

}  // namespace migrations::rules
