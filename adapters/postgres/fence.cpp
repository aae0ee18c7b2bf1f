#include "adapters/postgres/fence.hpp"

#include "adapters/postgres/connection.hpp"
#include "ledger/digest.hpp"

#include <thread>

namespace adapters::postgres {

using ledger::Result;

namespace {

constexpr std::chrono::milliseconds fence_pause{50};

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

}  // namespace adapters::postgres
