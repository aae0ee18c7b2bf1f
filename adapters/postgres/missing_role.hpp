// adapters/postgres/missing_role.hpp: the role, tablespace or schema that a statement has failed
// for.
//
// Why     the first two belong to a server, not to a database: a script that names one which
//         somebody else has made fails on a server that is new. So does one that makes its objects
//         in a schema that it was given.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/server_error.hpp"

#include <optional>
#include <set>
#include <string>

namespace adapters::postgres {

// Nothing where it failed for something else, or says so in another language than English.
[[nodiscard]] std::optional<std::string> missing_role(const ServerError& error);
[[nodiscard]] std::optional<std::string> missing_tablespace(const ServerError& error);

// The one that it names; where it names none, the first of the path. Of those alone.
[[nodiscard]] std::optional<std::string> missing_schema(const ServerError& error,
                                                        const std::string& search_path,
                                                        const std::set<std::string>& schemas);

// False where it may not, or there is one by now.
[[nodiscard]] bool make_role(Connection& connection, const std::string& name);
// For a server of ours: what the role may do on the target is known to nobody here, and a script
// that takes it on (SET ROLE) is to succeed.
[[nodiscard]] bool make_superuser(Connection& connection, const std::string& name);
[[nodiscard]] bool make_schema(Connection& connection, const std::string& name);
// In the server's own folder, so that no other of the machine is touched: since PostgreSQL 15.
[[nodiscard]] bool make_tablespace(Connection& connection, const std::string& name);

}  // namespace adapters::postgres
