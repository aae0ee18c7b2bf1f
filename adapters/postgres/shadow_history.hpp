// adapters/postgres/shadow_history.hpp: a script of history, where it is applied to a shadow.
//
// Shape    what was one transaction is one there too, as far as the server lets it: LOCK TABLE and
//          SET LOCAL mean something in it alone.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/server_error.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace adapters::postgres {

// Whether it may be put into one transaction: one that has its own is left to that.
[[nodiscard]] bool may_be_whole(const migrations::Script& script);

// What the server says of it, rows or not; nothing: it is done.
[[nodiscard]] std::optional<ServerError> error_of(PGconn* raw, const std::string& sql);

[[nodiscard]] ledger::Error history_failed(const migrations::Script& script, std::uint32_t index,
                                           const ServerError& error, const Connection& connection,
                                           const std::string& way_out);

}  // namespace adapters::postgres
