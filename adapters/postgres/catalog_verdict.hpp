// adapters/postgres/catalog_verdict.hpp: did a bare statement happen? What the catalog can tell.
//
// Shape  what to ask is migrations/catalog_question.hpp; here it is asked. What may be done twice
//        without harm counts as not done.
// Rule   what a statement has made is younger than the marker that was written before it; what is
//        older than that was there already. Transaction numbers tell, and no clock.
#pragma once

#include "adapters/postgres/concurrent_index.hpp"
#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/marker_table.hpp"
#include "commands/ports.hpp"
#include "migrations/catalog_question.hpp"
#include "migrations/migration.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace adapters::postgres {

// The session as the script has set it up by then.
[[nodiscard]] ledger::Result<void> set_up(Connection& connection, const migrations::Script& script,
                                          std::uint32_t statement_index);

// Names resolve as the script has set up the session by then; it is not reset.
[[nodiscard]] ledger::Result<commands::CatalogVerdict> verdict_of(
    Connection& connection, const MarkerTable& markers, const migrations::Script& script,
    std::uint32_t statement_index, const commands::BeforeStatement& before);

// Finds a row where the partition is still attached, half detached too.
[[nodiscard]] Command attachment_of(const migrations::CatalogQuestion& question);

// A DETACH PARTITION CONCURRENTLY that was cut off between its two transactions: FINALIZE, and
// nothing else, goes on with it. Empty where that is not so.
[[nodiscard]] ledger::Result<std::string> finalizing(const Ask& ask,
                                                     const migrations::CatalogQuestion& question,
                                                     int server_version);

}  // namespace adapters::postgres
