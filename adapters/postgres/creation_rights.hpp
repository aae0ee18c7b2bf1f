// adapters/postgres/creation_rights.hpp: whether the session's role may make what names no schema.
//
// Refuses  "permission-denied" where it may not, or no schema of its search path is there.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "ledger/result.hpp"

namespace adapters::postgres {

[[nodiscard]] ledger::Result<void> may_create(Connection& connection);

}  // namespace adapters::postgres
