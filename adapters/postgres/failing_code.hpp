// adapters/postgres/failing_code.hpp: what to do where a statement of ours fails, since code of the
// database's own runs within it: triggers on the marker table, event triggers.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/server_error.hpp"
#include "commands/ports.hpp"

#include <optional>
#include <string>

namespace adapters::postgres {

// Of an attempt whose marker cannot be written: says so, that nobody looks for it in the file.
void blame_marker(const ServerError& error, commands::AttemptFailed& failure);

// Of one whose file has deferred what then fails: no statement of it says so.
void blame_deferred(commands::AttemptFailed& failure);

// Of one that its COMMIT has failed: code that is run by then need not be the file's.
void blame_commit(const ServerError& error, commands::AttemptFailed& failure);

// Where a table of ours cannot be made; nothing where no event trigger can be to blame.
[[nodiscard]] std::optional<std::string> event_trigger_help(Connection& connection,
                                                            const ServerError& error);

}  // namespace adapters::postgres
