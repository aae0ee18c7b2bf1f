// adapters/postgres/shadow_defaults.hpp: what the sessions on a shadow's database begin with, as
// those on the target do.
//
// Shape    what ALTER DATABASE has set there is set so for the shadow's database, so that a script
//          can set and reset it. What is set below that (the server's) is a session's own option
//          while the database has none; what is set above (the role's, the URL's) always is.
// History  begins without a setting that one of its scripts makes, and ends with the target's.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/rehearsal_database.hpp"
#include "commands/rehearsal_ports.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace adapters::postgres {

// ALTER DATABASE ... SET and RESET of the target's database (ALTER ROLE ALL IN DATABASE), with the
// shadow's own name in its place. Nothing where the statement is another one. Where the target's
// name is not known, any name is taken for it: a migration has hardly anything to set for other
// databases.
[[nodiscard]] std::optional<std::string> as_of_shadow(const migrations::Script& script,
                                                      std::uint32_t index,
                                                      const RehearsalPlace& place);

// What the shadow is sent for the statement: itself, but for those.
[[nodiscard]] std::string sent_text(const migrations::Script& script, std::uint32_t index,
                                    const RehearsalPlace& place);

// By name, as the server spells it.
using DatabaseSettings = std::map<std::string, std::string>;

// All that are the database's, not a role's in it.
[[nodiscard]] ledger::Result<DatabaseSettings> settings_of_database(Connection& connection,
                                                                    const std::string& database);

// A copy of a database has none of them. Those that no session may set are left out.
[[nodiscard]] ledger::Result<void> copy_settings(Connection& connection, const std::string& from,
                                                 const std::string& to);

// Before the history, and after it.
[[nodiscard]] ledger::Result<void> begin_defaults(Connection& connection,
                                                  const std::string& database,
                                                  const commands::RehearsalOrder& order);
[[nodiscard]] ledger::Result<void> settle_defaults(Connection& connection,
                                                   const std::string& database,
                                                   const commands::RehearsalOrder& order);

}  // namespace adapters::postgres
