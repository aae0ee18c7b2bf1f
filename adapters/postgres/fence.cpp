#include "adapters/postgres/fence.hpp"

#include "adapters/postgres/advisory_holder.hpp"
#include "adapters/postgres/connection.hpp"
#include "ledger/clean.hpp"
#include "ledger/digest.hpp"

#include <thread>

namespace adapters::postgres {

using ledger::Result;

namespace {

constexpr std::chrono::milliseconds fence_pause{50};
constexpr std::size_t holder_name_bytes_max = 128;

std::string describe_holder(const AdvisoryHolder& holder) {
    const std::string name = ledger::clean(holder.application, holder_name_bytes_max);
    std::string text = "pid " + std::to_string(holder.pid) + " (" +
                       (name.empty() ? "no application name" : name) + ", from " + holder.client +
                       ")";
    if (!holder.state.empty() && !holder.state_since.empty())
        text += ", " + holder.state + " since " + holder.state_since;
    if (!holder.wait.empty()) text += ", waiting for " + holder.wait_kind + " " + holder.wait;
    return text;
}

}  // namespace

std::int64_t fence_key(const ledger::Uuid& attempt) {
    std::string bytes = "varve fence";
    bytes.append(attempt.bytes.begin(), attempt.bytes.end());
    const auto digest = ledger::sha256(bytes);
    std::uint64_t key = 0;
    for (std::size_t index = 0; index < sizeof key; ++index) key = key << 8U | digest.bytes[index];
    return static_cast<std::int64_t>(key);
}

std::string fence_literal(const ledger::Uuid& attempt) {
    return "'" + std::to_string(fence_key(attempt)) + "'::bigint";
}

Result<bool> take_fence(Connection& connection, const ledger::Uuid& attempt,
                        std::chrono::milliseconds wait) {
    const auto until = std::chrono::steady_clock::now() + wait;
    for (;;) {
        const auto answer = connection.query(
            {"SELECT pg_catalog.pg_try_advisory_lock(" + fence_literal(attempt) + ")", {}});
        if (!answer) return ledger::fail(to_error(answer.error(), "taking an attempt's fence"));
        if (answer->first().at(0) == "t") return true;
        if (std::chrono::steady_clock::now() >= until) return false;
        std::this_thread::sleep_for(fence_pause);
    }
}

ledger::Error fence_held(Connection& connection, const ledger::Uuid& attempt) {
    const auto key = static_cast<std::uint64_t>(fence_key(attempt));
    const auto holder =
        advisory_holder(connection, {static_cast<std::uint32_t>(key >> 32U),
                                     static_cast<std::uint32_t>(key & 0xffffffffU), false});
    const bool is_known = holder && holder->has_value();
    return {ledger::Code::in_doubt, "fence-held",
            "a server process still works on attempt " + to_text(attempt) +
                (is_known ? ": " + describe_holder(**holder) : ""),
            "wait for it, or end it (" +
                (is_known ? "SELECT pg_terminate_backend(" + std::to_string((*holder)->pid) + ")"
                          : std::string{"pg_terminate_backend"}) +
                "), then run again"};
}

}  // namespace adapters::postgres
