// adapters/postgres/missing_role.hpp: the role that a statement has failed for.
//
// Why     roles belong to a server, not to a database: a script that gives rights to one which
//         somebody else has made fails on a server that is new.
#pragma once

#include "adapters/postgres/server_error.hpp"

#include <optional>
#include <string>

namespace adapters::postgres {

// Nothing where it failed for something else, or says so in another language than English.
[[nodiscard]] std::optional<std::string> missing_role(const ServerError& error);

}  // namespace adapters::postgres
