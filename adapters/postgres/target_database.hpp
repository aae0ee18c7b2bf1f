// adapters/postgres/target_database.hpp: the port commands::TargetDatabase on PostgreSQL 12 and up.
//
// Shape    two sessions: one works, for queries and attempts; one holds the run lock and is idle.
//          Both are opened where they are first needed, with our settings as startup options, so
//          that RESET ALL and DISCARD ALL in a file go back to them. Who never asks for the lock
//          has one session.
// Cost     connecting: one round trip beyond PostgreSQL's own. A transactional attempt: two, each
//          way of one for a script of any length.
// Errors   target-unreachable, target-url-invalid, server-too-old, pooler-found,
//          marker-table-foreign, marker-unreadable, fence-held, permission-denied, server-error,
//          connection-lost. An attempt's own failures are its outcome, not an Error.
// Trust    no password, and no DETAIL of SQLSTATE classes 22 and 23 (row values), leaves here.
// Threads  one at a time.
#pragma once

#include "adapters/postgres/left_session.hpp"
#include "commands/ports.hpp"
#include "ledger/result.hpp"

#include <future>
#include <memory>

namespace adapters::postgres {

// `at_once`: the session for the run lock is opened beside the first, and the lock tried once, not
// when it is asked for; where it is free, the markers are read at once too.
enum class LockSession { when_asked_for, at_once };

// `left`: where the working session and the run lock are to go when the object goes.
[[nodiscard]] ledger::Result<std::unique_ptr<commands::TargetDatabase>> connect(
    const commands::SessionSettings& settings,
    LockSession lock_session = LockSession::when_asked_for,
    std::shared_ptr<LeftSession> left = nullptr);

// The same for who learns only later whether a lock will be wanted. It connects, and reads the
// markers as they are without a lock, meanwhile; and returns once `lock_session` is told.
[[nodiscard]] ledger::Result<std::unique_ptr<commands::TargetDatabase>> connect(
    const commands::SessionSettings& settings, const std::shared_future<LockSession>& lock_session,
    std::shared_ptr<LeftSession> left);

}  // namespace adapters::postgres
