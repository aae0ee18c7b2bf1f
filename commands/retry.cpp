#include "commands/retry.hpp"

#include <algorithm>
#include <string_view>

namespace commands {

namespace {

constexpr std::uint64_t first_pause_us = 100'000;
constexpr std::uint64_t longest_pause_us = 5'000'000;

}  // namespace

bool is_passing(const AttemptPolicy& policy, const AttemptFailed& failure) {
    if (failure.cause == ledger::FailureCause::lock_timeout) return true;
    const bool is_of_statement = failure.cause == ledger::FailureCause::statement_error ||
                                 failure.cause == ledger::FailureCause::commit_error;
    return is_of_statement && failure.sqlstate && policy.retry_on.contains(*failure.sqlstate);
}

bool is_about_lock(const AttemptPolicy& policy, const AttemptFailed& failure) {
    constexpr std::string_view lock_not_available = "55P03";
    return failure.cause == ledger::FailureCause::lock_timeout ||
           (is_passing(policy, failure) && failure.sqlstate == lock_not_available);
}

std::string cause_of_retry(const AttemptFailed& failure) {
    const bool is_ours = failure.cause == ledger::FailureCause::lock_timeout;
    return (is_ours ? "lock_timeout" : failure.sqlstate.value_or("")) + ": " + failure.message;
}

std::uint64_t pause_before(std::uint32_t try_number, const ledger::Uuid& random) {
    const std::uint64_t doubled = first_pause_us << std::min<std::uint32_t>(try_number - 1, 6);
    const std::uint64_t bounded = std::min(doubled, longest_pause_us);
    return bounded / 2 + bounded * random.bytes[15] / 512;
}

}  // namespace commands
