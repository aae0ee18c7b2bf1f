// adapters/postgres/run_lock.hpp: the one run at a time of a database, held by an idle session.
//
// Shape  a session of its own that polls pg_try_advisory_lock and then only keeps its lease. It
//        never waits inside the server: a blocked session holds a virtual transaction that CREATE
//        INDEX CONCURRENTLY waits for, and the two would deadlock.
// Order  no COMMIT is sent once the lock is lost: has_ended() before, and the marker's own
//        statement asks the server whether pid() still holds it.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/lease.hpp"
#include "commands/ports.hpp"
#include "ledger/result.hpp"

#include <chrono>
#include <memory>

namespace adapters::postgres {

class RunLock {
public:
    RunLock(std::unique_ptr<Connection> connection, std::int64_t backend_pid);

    // At once where it is already held.
    [[nodiscard]] ledger::Result<commands::LockOutcome> obtain(std::chrono::milliseconds wait);

    [[nodiscard]] bool has_ended() {
        return lease_ ? lease_->has_ended() : connection_->has_ended();
    }
    // It ended because the server does not answer any more.
    [[nodiscard]] bool is_silent() { return lease_ && lease_->is_silent(); }
    [[nodiscard]] std::int64_t pid() const { return lease_ ? backend_pid_ : 0; }

private:
    ledger::Result<bool> try_once();
    ledger::Result<std::optional<commands::LockHolder>> holder();

    std::unique_ptr<Connection> connection_;  // until the lock is obtained
    std::unique_ptr<Lease> lease_;            // from then on
    std::int64_t backend_pid_;
};

}  // namespace adapters::postgres
