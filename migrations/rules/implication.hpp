// migrations/rules/implication.hpp: what PostgreSQL concludes from a CHECK without reading a row.
//
// Source  predicate_implied_by() of PostgreSQL 15, weak: what is not false stays not false. It
//         knows AND, OR and comparisons of the same operand with constants, nothing else.
#pragma once

#include "migrations/sql/condition.hpp"

#include <functional>
#include <string>

namespace migrations::rules {

// The type of an operand, by its catalog name; empty where nobody has described it.
using TypeOf = std::function<std::string(const std::string& operand)>;

[[nodiscard]] bool implies(const sql::Condition& known, const sql::Condition& wanted,
                           const TypeOf& type_of);

}  // namespace migrations::rules
