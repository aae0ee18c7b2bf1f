// commands/ask_again.hpp: a target connected to again, to ask what became of an attempt whose
// connection ended.
//
// Trust   a URL may name several hosts, and another may answer than before. One that only reads may
//         be a standby that lags: what it has happened, what it lacks may have happened all the
//         same. A database that is another tells nothing.
// Errors  in_doubt "database-differs"; "target-read-only" where the attempt is not there, whole;
//         those of the ports.
#pragma once

#include "commands/services.hpp"
#include "ledger/identity.hpp"
#include "ledger/result.hpp"

#include <chrono>
#include <memory>

namespace commands {

// `before`: what answered when the attempt was begun.
[[nodiscard]] ledger::Result<std::unique_ptr<TargetDatabase>> ask_again(
    Services& services, const ServerFacts& before, const ledger::Uuid& attempt,
    std::chrono::milliseconds fence_wait);

}  // namespace commands
