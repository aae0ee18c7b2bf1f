// adapters/postgres/run_lock.hpp: the one run at a time of a database, held by an idle session.
//
// Shape  a session of its own that polls pg_try_advisory_lock and then only keeps its lease. It
//        never waits inside the server: a blocked session holds a virtual transaction that CREATE
//        INDEX CONCURRENTLY waits for, and the two would deadlock.
// Token  a second lock of that session, whose key nobody else knows: who finds it free knows that
//        the run lock is gone too. Trying it costs the server next to nothing; reading pg_locks
//        took longer than writing the marker.
// Order  no COMMIT takes effect once the lock is lost: has_ended() before, and the marker's own
//        statement tries the token.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/lease.hpp"
#include "commands/ports.hpp"
#include "ledger/result.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

namespace adapters::postgres {

class RunLock {
public:
    explicit RunLock(std::unique_ptr<Connection> connection);

    // Tries once, ahead of obtain(), which then need not where it was obtained.
    [[nodiscard]] ledger::Result<void> try_ahead();
    [[nodiscard]] bool is_obtained() const { return is_obtained_; }

    // At once where it is already held.
    [[nodiscard]] ledger::Result<commands::LockOutcome> obtain(std::chrono::milliseconds wait);

    [[nodiscard]] bool has_ended() {
        return lease_ ? lease_->has_ended() : connection_->has_ended();
    }
    // It ended because the server does not answer any more.
    [[nodiscard]] bool is_silent() { return lease_ && lease_->is_silent(); }
    // Nothing while the lock is not held.
    [[nodiscard]] std::optional<std::int64_t> token() const {
        return lease_ ? std::optional{token_} : std::nullopt;
    }

private:
    ledger::Result<bool> try_once();
    ledger::Result<std::optional<commands::LockHolder>> holder();

    std::unique_ptr<Connection> connection_;  // until the lock is obtained
    std::unique_ptr<Lease> lease_;            // from then on
    std::int64_t token_;
    bool is_obtained_{};
};

}  // namespace adapters::postgres
