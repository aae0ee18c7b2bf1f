// adapters/postgres/catalog_verdict.hpp: did a bare statement happen? What the catalog can tell.
//
// Shape  repeatable statements (VACUUM, REINDEX, ALTER SYSTEM, ...) did not happen: doing them
// again
//        is harmless. A statement that runs with its marker in one transaction did not happen
//        either, since its marker says so. CALL and DO may have committed inside: cannot tell.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "commands/ports.hpp"
#include "migrations/migration.hpp"

#include <cstdint>

namespace adapters::postgres {

// Names resolve in the session as it stands.
[[nodiscard]] ledger::Result<commands::CatalogVerdict> verdict_of(
    Connection& connection, const migrations::Script& script, std::uint32_t statement_index,
    const std::vector<std::string>& indexes_before);

}  // namespace adapters::postgres
