// adapters/postgres/named_relations.hpp: tables and the like, looked for by their names.
//
// Trust   every name and operator says that it is the server's: for any session.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "ledger/result.hpp"

#include <string>
#include <vector>

namespace adapters::postgres {

// As an array literal; every element is quoted.
[[nodiscard]] std::string array_of(const std::vector<std::string>& names);

// Whether anything in a schema that is not the server's own is called by one of these names.
[[nodiscard]] ledger::Result<bool> has_relation_named(Connection& connection,
                                                      const std::vector<std::string>& names);

}  // namespace adapters::postgres
