// adapters/postgres/advisory_holder.hpp: who holds an advisory lock of this database.
//
// Source  pg_locks, where a key of 64 bits stands as its two halves with objsubid 1, and a pair of
//         keys with objsubid 2. What another role's session does is seen only by who may see it.
#pragma once

#include "adapters/postgres/connection.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace adapters::postgres {

struct AdvisoryKey {
    std::uint32_t first{};
    std::uint32_t second{};
    bool is_pair{};
};

struct AdvisoryHolder {
    std::int64_t pid{};
    std::string application;  // as the client says it, not cleaned
    std::string client;       // address, "local", or "unknown"
    std::string state;        // this and the next three are empty where they are not known
    std::string state_since;  // UTC, RFC 3339
    std::string wait_kind;
    std::string wait;
    std::int64_t query_began_us{};  // since 1970; 0 where it is not known
};

// Nothing where nobody holds it. Says in full what it asks of the server, whatever the search path.
[[nodiscard]] tl::expected<std::optional<AdvisoryHolder>, ServerError> advisory_holder(
    Connection& connection, const AdvisoryKey& key);

}  // namespace adapters::postgres
