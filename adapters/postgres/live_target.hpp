// adapters/postgres/live_target.hpp: the port commands::LiveTarget, one read-only session.
//
// Trust    default_transaction_read_only is on, a statement may take 5 s and wait 1 s for a lock;
//          catalogs and statistics views are read, no table. No query text is: it may hold data.
#pragma once

#include "commands/rehearsal_ports.hpp"
#include "ledger/result.hpp"

#include <memory>
#include <string>

namespace adapters::postgres {

[[nodiscard]] ledger::Result<std::unique_ptr<commands::LiveTarget>> watch_target(
    const std::string& url);

}  // namespace adapters::postgres
