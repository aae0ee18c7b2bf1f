// adapters/postgres/witness_rows.hpp: the rows of the table of witness_table.hpp, as they are read.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "commands/checkpoint_witness.hpp"

#include <optional>
#include <string>

namespace adapters::postgres {

// The rows of a ledger, `order` behind "ORDER BY size".
[[nodiscard]] Command select_held(const std::string& marker_schema, const ledger::Uuid& ledger,
                                  const std::string& order);

// What one of them holds; nothing where Varve never wrote it.
[[nodiscard]] std::optional<commands::HeldCheckpoint> held_of(const Values& row);

}  // namespace adapters::postgres
