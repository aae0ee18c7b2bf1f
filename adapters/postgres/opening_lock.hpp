// adapters/postgres/opening_lock.hpp: the session that holds the run lock, opened when it is asked
// for, or beside the session that works.
#pragma once

#include "adapters/postgres/run_lock.hpp"
#include "adapters/postgres/sessions.hpp"
#include "adapters/postgres/target_database.hpp"
#include "ledger/result.hpp"

#include <future>
#include <memory>

namespace adapters::postgres {

// Null: none was wanted.
using OpeningLock = std::future<ledger::Result<std::unique_ptr<RunLock>>>;

[[nodiscard]] ledger::Result<std::unique_ptr<RunLock>> open_lock(Sessions& sessions);

// Once it is told that the lock is wanted, it is opened and tried once. Invalid where it is known
// already that it is not.
[[nodiscard]] OpeningLock open_lock_beside(const Sessions& sessions,
                                           const std::shared_future<LockSession>& wanted);

[[nodiscard]] bool is_told(const std::shared_future<LockSession>& wanted);

}  // namespace adapters::postgres
