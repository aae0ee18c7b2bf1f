// migrations/rules/called_code.hpp: the functions that a statement calls, as far as their code is
// known.
#pragma once

#include "migrations/rules/schema.hpp"

#include <string>
#include <vector>

namespace migrations::rules {

// By itself, or by a view that it reads. By key, since what they run may make them anew.
[[nodiscard]] std::vector<std::string> called_by(const sql::Action& action, const Schema& schema);
// Of "name", "schema.name", as an expression has it.
[[nodiscard]] ObjectName name_of_call(const std::string& function);
[[nodiscard]] const KnownFunction* called_function(const Schema& schema, const std::string& name);

}  // namespace migrations::rules
