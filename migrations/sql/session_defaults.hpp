// migrations/sql/session_defaults.hpp: statements that may change what sessions begin with: a
// session that is open goes on without.
//
// Finds   ALTER DATABASE, ROLE or USER ... SET and RESET, and in the text of a DO block, a function
//         or a procedure what would run one: in a string too, and where a string is put together
//         ("||", a placeholder of format()).
// Leaves  comments; what RAISE says; user mappings.
// Misses  what a function does that another script has made.
#pragma once

#include "migrations/migration.hpp"

#include <string_view>

namespace migrations::sql {

// `surely_of_session`: not what it sets of a role that it names. That may be the session's own, and
// hardly ever is.
enum class DefaultsOf { anybody, surely_of_session };

[[nodiscard]] bool sets_session_defaults(std::string_view statement,
                                         DefaultsOf whose = DefaultsOf::anybody);
[[nodiscard]] bool sets_session_defaults(const Script& script);

}  // namespace migrations::sql
