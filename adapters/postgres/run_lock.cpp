#include "adapters/postgres/run_lock.hpp"

#include "adapters/postgres/advisory_holder.hpp"
#include "adapters/postgres/fence.hpp"
#include "adapters/postgres/stopwatch.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <utility>

namespace adapters::postgres {

namespace {

constexpr int pause_ms_min = 50;
constexpr int pause_ms_max = 250;

const std::string key_pair = std::to_string(lock_class) + ", " + std::to_string(run_lock_key);

std::int64_t new_token() {
    std::random_device random;
    return static_cast<std::int64_t>(std::uint64_t{random()} << 32U | random());
}

ledger::Error polling_failed(const ServerError& error) {
    return to_error(error, "polling for the run lock");
}

}  // namespace

RunLock::RunLock(std::unique_ptr<Connection> connection)
    : connection_{std::move(connection)}, token_{new_token()} {}

ledger::Result<bool> RunLock::try_once() {
    const auto answer = connection_->query({"SELECT pg_catalog.pg_try_advisory_lock(" + key_pair +
                                                ") AND pg_catalog.pg_try_advisory_lock($1::bigint)",
                                            {std::to_string(token_)}});
    if (!answer) return ledger::fail(polling_failed(answer.error()));
    const bool is_obtained = answer->first().at(0) == "t";
    // It is kept until what it is for has ended, also where that is asked to stop.
    if (is_obtained) connection_->when_asked_to_stop({});
    return is_obtained;
}

// A holder's last query was the one that got the lock: keeping the lease is none.
ledger::Result<std::optional<commands::LockHolder>> RunLock::holder() {
    const auto held = advisory_holder(
        *connection_,
        {static_cast<std::uint32_t>(lock_class), static_cast<std::uint32_t>(run_lock_key), true});
    if (!held) return ledger::fail(polling_failed(held.error()));
    if (!*held) return std::optional<commands::LockHolder>{};
    const AdvisoryHolder& holder = **held;
    return std::optional{
        commands::LockHolder{holder.pid, holder.application, holder.client, holder.query_began_us}};
}

ledger::Result<void> RunLock::try_ahead() {
    const auto tried = try_once();
    if (!tried) return ledger::fail(tried.error());
    is_obtained_ = *tried;
    return {};
}

ledger::Result<commands::LockOutcome> RunLock::obtain(std::chrono::milliseconds wait) {
    commands::LockOutcome outcome;
    outcome.obtained = outcome.was_held = is_obtained_;
    std::minstd_rand random{std::random_device{}()};
    std::uniform_int_distribution<int> pause_ms{pause_ms_min, pause_ms_max};
    const Stopwatch waited;
    while (!outcome.obtained) {
        const auto tried = try_once();
        if (!tried) return ledger::fail(tried.error());
        outcome.obtained = *tried;
        outcome.waited_us = waited.elapsed_us();
        if (outcome.obtained) break;
        auto seen = holder();
        if (!seen) return ledger::fail(seen.error());
        if (*seen) outcome.holder = *std::move(seen);
        const auto left_ms = wait.count() - static_cast<std::int64_t>(outcome.waited_us / 1000);
        if (left_ms <= 0) return outcome;
        std::this_thread::sleep_for(
            std::chrono::milliseconds{std::min<std::int64_t>(left_ms, pause_ms(random))});
    }
    is_obtained_ = true;
    if (!lease_) lease_ = std::make_unique<Lease>(std::move(connection_));
    return outcome;
}

}  // namespace adapters::postgres
