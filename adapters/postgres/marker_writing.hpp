// adapters/postgres/marker_writing.hpp: markers written beside any attempt, for what is known to be
// applied: all of them, or none.
//
// Refuses  what the server did not keep, though it raised no error: a trigger kept it out.
// Session  after an error it may be in a transaction, and is not to be used again.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/marker_table.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <vector>

namespace adapters::postgres {

// Those that are there already stay as they are.
[[nodiscard]] ledger::Result<void> write_markers(Connection& connection, const MarkerTable& table,
                                                 const std::vector<commands::Marker>& markers);

// The count of an attempt that has one; refused "marker-missing".
[[nodiscard]] ledger::Result<void> correct_marker(Connection& connection, const MarkerTable& table,
                                                  const ledger::Uuid& attempt,
                                                  std::uint32_t statements_done);

}  // namespace adapters::postgres
