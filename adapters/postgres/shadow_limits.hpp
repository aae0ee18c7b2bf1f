// adapters/postgres/shadow_limits.hpp: what is not done on a server that scripts are tried on.
//
// Why     it would reach beyond the server (files, programs, other servers), or beyond the one
//         database that is ours, where the server is not. Against accidents: a function's body can
//         do what its statement does not show.
#pragma once

#include "migrations/statement.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace adapters::postgres {

// What statements are told for that reach out of it, by their text or once they were refused.
inline constexpr const char* asks_another_server = "it asks another server";
inline constexpr const char* touches_files =
    "it reads or writes files of the server, or runs programs there";
inline constexpr const char* another_name =
    "it names a database, and the one that is rehearsed on has another name";

// Why the statement is not sent.
[[nodiscard]] std::optional<std::string> why_not_on_shadow(const migrations::Statement& statement,
                                                           std::string_view text,
                                                           bool server_is_ours);

// The role that a statement makes: CREATE ROLE, USER or GROUP.
[[nodiscard]] std::optional<std::string> role_made_by(std::string_view text);

// Why it is not run outside a transaction, though that is where it belongs.
[[nodiscard]] std::optional<std::string> why_not_outside(const migrations::Statement& statement,
                                                         std::string_view text);

}  // namespace adapters::postgres
