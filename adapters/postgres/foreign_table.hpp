// adapters/postgres/foreign_table.hpp: tables of other tools, found and read as plain text.
//
// Trust   names come from a catalog and are quoted; rows are whatever the other tool has left:
//         cleaned, and never more of a value than `value_bytes_max`.
// Errors  unavailable or refused, as the server says; "server-error" where reading is not allowed.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "ledger/result.hpp"
#include "migrations/bookkeeping/table.hpp"

#include <string>
#include <vector>

namespace adapters::postgres {

[[nodiscard]] ledger::Result<std::vector<migrations::bookkeeping::TableShape>> tables_named(
    Connection& connection, const std::vector<std::string>& names);

[[nodiscard]] ledger::Result<migrations::bookkeeping::Table> read_table(
    Connection& connection, const migrations::bookkeeping::TableShape& shape);

}  // namespace adapters::postgres
