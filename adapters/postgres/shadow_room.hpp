// adapters/postgres/shadow_room.hpp: what a server that is rehearsed on says when it has no room.
//
// Why     a full disk or memory of the shadow, or its end, is no word on the script.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/server_error.hpp"
#include "ledger/result.hpp"

#include <string>
#include <string_view>

namespace adapters::postgres {

// Not where code has raised that state by itself.
[[nodiscard]] bool is_out_of_room(std::string_view sqlstate, std::string_view source_function);

// "shadow-failed", with where there is to be room.
[[nodiscard]] ledger::Error no_room(const std::string& message, const Connection& connection);
[[nodiscard]] ledger::Error server_ended(const ServerError& error, const Connection& connection);

// What a statement of ours on the shadow has failed of; `doing` completes "while ...".
[[nodiscard]] ledger::Error shadow_error(const ServerError& error, const std::string& doing,
                                         const Connection& connection);

}  // namespace adapters::postgres
