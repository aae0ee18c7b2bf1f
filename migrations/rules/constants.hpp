// migrations/rules/constants.hpp: how two constants of a column compare, as far as that can be told
// without the server.
#pragma once

#include "migrations/sql/condition.hpp"

#include <optional>
#include <string>

namespace migrations::rules {

// Below 0, 0, above 0. Nothing where only the server can tell: text sorts by its collation.
// `type`: the column's, by its catalog name; empty where nobody has described it.
[[nodiscard]] std::optional<int> order_of(const sql::Constant& one, const sql::Constant& other,
                                          const std::string& type);
// The same of equality alone, which is known of more.
[[nodiscard]] std::optional<bool> are_equal(const sql::Constant& one, const sql::Constant& other,
                                            const std::string& type);
// The comparison is by an operator of the column's own type, or one that goes together with it in
// an index: by another the server proves nothing.
[[nodiscard]] bool is_of_type(const sql::Constant& constant, const std::string& type);

}  // namespace migrations::rules
