// tools/varve/target_schema.hpp: the schema that a target has now, for a shadow to begin with.
//
// Roles   of its server are made too where the shadow is a server of our own: policies name them.
// Errors  those of reading the target; refused "url-missing"; what pg_dump says.
#pragma once

#include "ledger/result.hpp"
#include "migrations/migration.hpp"
#include "tools/varve/configuration.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tools::varve {

// Of the target that --shadow-from target asks.
[[nodiscard]] ledger::Result<std::string> url_of_schema(const Configuration& configuration);

[[nodiscard]] ledger::Result<migrations::Script> read_target_schema(
    const Configuration& configuration, std::optional<unsigned> server_major, bool makes_roles);

// The encoding of databases to rehearse on, for a target of that one: told where it differs.
[[nodiscard]] std::string shadow_encoding(const std::string& target,
                                          std::vector<std::string>& notes);

}  // namespace tools::varve
