// adapters/postgres/bookkeeping.hpp: tables of other tools, found and read as plain text.
//
// Trust   names come from the catalog and are quoted; rows are whatever the other tool has left:
//         cleaned, and never more of a value than a few kilobytes. The session only reads.
// Errors  those of connecting; "permission-denied", "server-error" where reading is not allowed.
#pragma once

#include "commands/bookkeeping.hpp"
#include "commands/ports.hpp"
#include "ledger/result.hpp"

#include <memory>

namespace adapters::postgres {

[[nodiscard]] ledger::Result<std::unique_ptr<commands::Bookkeeping>> open_bookkeeping(
    const commands::SessionSettings& settings);

}  // namespace adapters::postgres
