// migrations/sql/session_defaults.hpp: statements that may change what sessions begin with: a
// session that is open goes on without.
//
// Finds   ALTER DATABASE, ROLE or USER ... SET and RESET, and in the text of a DO block, a function
//         or a procedure what would run one, in a string too.
// Misses  what a function does that another script has made.
#pragma once

#include "migrations/migration.hpp"

#include <string_view>

namespace migrations::sql {

[[nodiscard]] bool sets_session_defaults(std::string_view statement);
[[nodiscard]] bool sets_session_defaults(const Script& script);

}  // namespace migrations::sql
