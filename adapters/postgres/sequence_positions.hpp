// adapters/postgres/sequence_positions.hpp: what every sequence of a shadow gives next.
//
// Left out  PostgreSQL's own and those of extensions, temporary ones, and those that CYCLE.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "commands/sequence_positions.hpp"
#include "ledger/result.hpp"

namespace adapters::postgres {

[[nodiscard]] ledger::Result<commands::SequencePositions> read_sequences(Connection& connection);

}  // namespace adapters::postgres
