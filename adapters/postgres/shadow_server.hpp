// adapters/postgres/shadow_server.hpp: the port commands::Shadow, databases on a server.
//
// Ours     a disposable server: anything may be left on it. Its database "postgres" becomes the
//          first of ours by a new name, which costs nothing.
// Other    a server that somebody has named: databases "varve_shadow_<random>_<number>" are made
//          and dropped there, with roles that the scripts have made; what a killed process has left
//          is dropped by the next. Nothing else of it is touched.
// Templates a history that more databases are made of is applied once, and copied.
// Errors   unavailable "target-unreachable"; refused "shadow-history", "permission-denied",
//          "server-error".
#pragma once

#include "commands/rehearsal_ports.hpp"
#include "ledger/result.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace adapters::postgres {

enum class ShadowServer { ours, named };

[[nodiscard]] ledger::Result<std::unique_ptr<commands::Shadow>> connect_shadow(
    const std::string& connection_string, ShadowServer whose,
    std::chrono::milliseconds statement_timeout);  // of a script's statements; 0: none

}  // namespace adapters::postgres
