// adapters/postgres/kept_session.hpp: whether a pooler keeps sessions.
//
// Why     one that hands its server processes out by the transaction mixes what two sessions set
//         and lock, and leaves it with the next client: so before anything is set.
// How     two sessions at once, asked in turn for their server process: it must be one each, and
//         stay the same. Where nobody else uses the pooler, the other kind gives both the same.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/connection_string.hpp"
#include "ledger/result.hpp"

#include <string>

namespace adapters::postgres {

// Where it is answered by a pooler, of whatever kind. Costs a round trip, and there as below.
[[nodiscard]] ledger::Result<void> expect_own_process(const ConnectionString& string,
                                                      const std::string& application_name,
                                                      Connection& connection);

// Costs a session beside, and four round trips.
[[nodiscard]] ledger::Result<void> expect_kept_session(const ConnectionString& string,
                                                       const std::string& application_name,
                                                       Connection& connection);

}  // namespace adapters::postgres
