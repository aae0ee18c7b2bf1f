// commands/retry.hpp: which failures are worth another try, and after what pause.
//
// Pure   the policy and the failure decide.
// Shape  pauses double from 100 ms to 5 s, jittered over the upper half, so that rivals do not meet
//        again at the same moment.
#pragma once

#include "commands/ports.hpp"
#include "ledger/identity.hpp"

#include <cstdint>
#include <set>
#include <string>

namespace commands {

struct AttemptPolicy {
    std::uint32_t lock_retries{10};
    bool strict_transactions{};
    std::set<std::string> retry_on{};  // more SQLSTATEs that are tried again: "40001"
};

// May it go well the next time, as it stands?
[[nodiscard]] bool is_passing(const AttemptPolicy& policy, const AttemptFailed& failure);

// Was a lock not to be had? NOWAIT says so with the SQLSTATE of lock_timeout.
[[nodiscard]] bool is_about_lock(const AttemptPolicy& policy, const AttemptFailed& failure);

// Why it is tried again: kept with the next attempt.
[[nodiscard]] std::string cause_of_retry(const AttemptFailed& failure);

[[nodiscard]] std::uint64_t pause_before(std::uint32_t try_number, const ledger::Uuid& random);

}  // namespace commands
