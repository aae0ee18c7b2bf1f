// adapters/postgres/fence.hpp: advisory locks of Varve: the run lock's key and an attempt's fence.
//
// Run lock  the pair (0x76617276, 1): "varv" as a number, the class of all that Varve may ever lock
//           by pair; one run lock a database.
// Fence     a 64-bit key, the first eight bytes of SHA-256("varve fence" and the attempt's id): the
//           same whether a transaction or a session holds it. Pairs and 64-bit keys never meet.
#pragma once

#include "ledger/identity.hpp"
#include "ledger/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace adapters::postgres {

class Connection;

inline constexpr std::int32_t lock_class = 0x76617276;
inline constexpr std::int32_t run_lock_key = 1;

[[nodiscard]] std::int64_t fence_key(const ledger::Uuid& attempt);

// The key as an SQL expression of type bigint.
[[nodiscard]] std::string fence_literal(const ledger::Uuid& attempt);

// For the session, as soon as nobody else holds it; false where somebody does for `wait`.
[[nodiscard]] ledger::Result<bool> take_fence(Connection& connection, const ledger::Uuid& attempt,
                                              std::chrono::milliseconds wait);

// in_doubt "fence-held", with the process that holds it, where that is still there.
[[nodiscard]] ledger::Error fence_held(Connection& connection, const ledger::Uuid& attempt);

}  // namespace adapters::postgres
