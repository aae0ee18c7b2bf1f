#include "adapters/postgres/fence.hpp"

#include "ledger/digest.hpp"

namespace adapters::postgres {

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

}  // namespace adapters::postgres
