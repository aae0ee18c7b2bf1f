// migrations/rules/volatility.hpp: whether an expression gives the same for every row.
//
// Source  PostgreSQL 15, pg_proc.provolatile; what is in no list and not defined in history or
//         script is somebody's function, and those are VOLATILE where nobody has said otherwise.
#pragma once

#include "migrations/rules/schema.hpp"

#include <optional>
#include <string>

namespace migrations::rules {

// 'v' volatile, 's' stable, 'i' immutable; nothing: it is not known.
[[nodiscard]] std::optional<char> volatility_of(const std::string& function, const Schema& schema);

// The first function that may give another value for each row. That the server puts the body of a
// simple LANGUAGE sql function in the place of its call is not reckoned with: which function is
// called is the types' to say.
[[nodiscard]] std::optional<std::string> volatile_function(const sql::Expression& expression,
                                                           const Schema& schema);

}  // namespace migrations::rules
