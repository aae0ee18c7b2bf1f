// adapters/postgres/marker_reading.hpp: what the marker table says of attempts.
//
// Errors   markers-hidden: row security may have left rows out, which would read as markers that
//          are not there. marker-unreadable: what we never wrote. markers-gone: below.
//          marker-table-foreign: what has the table's name cannot be read as one.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/marker_table.hpp"
#include "commands/ports.hpp"
#include "ledger/result.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace adapters::postgres {

// In the order in which they were last changed. No table, or no schema: no markers.
[[nodiscard]] ledger::Result<std::vector<commands::Marker>> read_markers(Connection& connection,
                                                                         MarkerTable& table);

// Of an attempt that has begun, and for which the table was made: where it is not there, in_doubt
// "markers-gone".
[[nodiscard]] ledger::Result<std::optional<commands::Marker>> read_marker(
    Connection& connection, MarkerTable& table, const ledger::Uuid& attempt);

// The same behind the attempt's fence, which it waits for so long: in_doubt "fence-held" where a
// backend may still be working on it.
[[nodiscard]] ledger::Result<std::optional<commands::Marker>> read_settled_marker(
    Connection& connection, MarkerTable& table, const ledger::Uuid& attempt,
    std::chrono::milliseconds wait);

}  // namespace adapters::postgres
