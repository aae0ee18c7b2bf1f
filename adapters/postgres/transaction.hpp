// adapters/postgres/transaction.hpp: one transaction of an attempt, with its marker inside.
//
// Order   BEGIN, the fence, the statements, what they have deferred, the verify script under a
//         savepoint, the marker; their replies are all in before COMMIT, which is a step of its
//         own. So two round trips. Where the script only defines, marker and COMMIT follow the last
//         statement's reply together, and the next attempt's statements may follow those.
//         Several attempts may share one: then all but the last leave it open.
// Errors  only the tag COMMIT is success; what ends the connection after COMMIT was sent is in
//         doubt; every other failure has left nothing, and says so.
#pragma once

#include "adapters/postgres/blockers.hpp"
#include "adapters/postgres/dialogue.hpp"
#include "adapters/postgres/marker_table.hpp"
#include "adapters/postgres/run_lock.hpp"
#include "adapters/postgres/steps.hpp"
#include "commands/ports.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace adapters::postgres {

// What every transaction of an attempt shares.
struct AttemptScene {
    Connection& connection;
    Dialogue& dialogue;
    const commands::AttemptOrder& order;
    commands::AttemptObserver& observer;
    const MarkerTable& markers;
    RunLock* lock{};       // none: nobody asked for it
    Blockers* blockers{};  // who is asked, where a lock_timeout has run out
    // And nothing in the database makes more of it: marker and COMMIT are sent together, and the
    // marker's statement fails by itself where it must not be committed.
    bool only_defines{};
    std::optional<ledger::Uuid> after{};  // of one being sent ahead: behind whose COMMIT
    // Of one that was: how many of its messages, and since when it is at work.
    std::size_t sent_count{};
    Stopwatch since_begun{};
    // It was, and the connection has ended before the server said that it had begun.
    bool is_lost_ahead{};
    // Called once COMMIT is sent: whether it has sent ahead what follows. Empty: nothing does.
    std::function<bool()> send_following{};
};

struct TransactionOrder {
    Step step;
    std::vector<Command> opening;  // before BEGIN, each on its own
    Command marker;
    const migrations::Script* verify{};
    bool is_uncancellable{};  // what it records has happened already
    bool is_whole_attempt{};  // the observer is asked before COMMIT, and told of statements at once
    // Of several attempts in one transaction.
    bool continues{};   // it is open already: `opening` is sent within it, and no BEGIN
    bool stays_open{};  // another attempt follows: no COMMIT
    std::optional<ledger::Uuid> fence{};  // the attempt whose fence is taken; none: its own
};

struct TransactionEnd {
    enum class Kind { committed, failed, cancelled, in_doubt, open };
    Kind kind{};
    std::vector<ledger::StatementResult> results;  // of the script's statements, in order
    std::vector<std::string> commit_notices;       // the last statement's as well
    commands::AttemptFailed failure;               // of failed; in_doubt has a message
};

[[nodiscard]] TransactionEnd run_transaction(AttemptScene& scene, const TransactionOrder& order);

// The failure of that statement of the attempt's script, or of none.
[[nodiscard]] commands::AttemptFailed failure_of(const AttemptScene& scene,
                                                 ledger::FailureCause cause,
                                                 const ServerError& error,
                                                 std::optional<std::uint32_t> statement_index);

// Says first where in the verify script it is.
void blame_verify(const AttemptScene& scene, const migrations::Script& verify,
                  std::uint32_t statement_index, const ServerError& error,
                  commands::AttemptFailed& failure);

[[nodiscard]] commands::AttemptFailed failure_of(ledger::FailureCause cause, std::string message,
                                                 const std::string& hint);

[[nodiscard]] ledger::StatementResult statement_result(const AttemptScene& scene,
                                                       std::uint32_t statement_index,
                                                       const Reply& reply);

[[nodiscard]] RunLockToken lock_token(const AttemptScene& scene);

}  // namespace adapters::postgres
