#include "commands/retry.hpp"

#include <catch2/catch.hpp>

namespace retry_test {
namespace {

using commands::AttemptFailed;
using commands::AttemptPolicy;
using ledger::FailureCause;

AttemptFailed failed(FailureCause cause, std::optional<std::string> sqlstate) {
    AttemptFailed failure;
    failure.cause = cause;
    failure.sqlstate = std::move(sqlstate);
    failure.message = "it failed";
    return failure;
}

ledger::Uuid ending_with(unsigned char last) {
    ledger::Uuid random{};
    random.bytes[15] = last;
    return random;
}

}  // namespace

TEST_CASE("a lock time-out is tried again, and what the policy names of a statement or a COMMIT") {
    AttemptPolicy policy;
    CHECK(is_passing(policy, failed(FailureCause::lock_timeout, "55P03")));
    CHECK_FALSE(is_passing(policy, failed(FailureCause::statement_error, "40001")));
    policy.retry_on = {"40001"};
    CHECK(is_passing(policy, failed(FailureCause::statement_error, "40001")));
    CHECK(is_passing(policy, failed(FailureCause::commit_error, "40001")));
    CHECK_FALSE(is_passing(policy, failed(FailureCause::statement_error, "40P01")));
    CHECK_FALSE(is_passing(policy, failed(FailureCause::connection_lost, "40001")));
    CHECK_FALSE(is_passing(policy, failed(FailureCause::statement_error, std::nullopt)));
}

TEST_CASE("only a lock that was not to be had is about a lock") {
    AttemptPolicy policy;
    CHECK(is_about_lock(policy, failed(FailureCause::lock_timeout, std::nullopt)));
    CHECK_FALSE(is_about_lock(policy, failed(FailureCause::statement_error, "55P03")));
    policy.retry_on = {"55P03", "40001"};
    CHECK(is_about_lock(policy, failed(FailureCause::statement_error, "55P03")));
    CHECK_FALSE(is_about_lock(policy, failed(FailureCause::statement_error, "40001")));
}

TEST_CASE("the cause of a retry names what happened, by its SQLSTATE where it has one") {
    CHECK(cause_of_retry(failed(FailureCause::lock_timeout, "55P03")) == "lock_timeout: it failed");
    CHECK(cause_of_retry(failed(FailureCause::statement_error, "40001")) == "40001: it failed");
}

TEST_CASE("pauses double from 100 ms to 5 s, in their upper half") {
    std::uint64_t whole_us = 100'000;
    for (std::uint32_t number = 1; number <= 20; ++number) {
        const auto shortest = commands::pause_before(number, ending_with(0));
        const auto longest = commands::pause_before(number, ending_with(255));
        CHECK(shortest == whole_us / 2);
        CHECK(longest < whole_us);
        CHECK(longest > whole_us * 9 / 10);
        whole_us = std::min<std::uint64_t>(2 * whole_us, 5'000'000);
    }
}

}  // namespace retry_test
