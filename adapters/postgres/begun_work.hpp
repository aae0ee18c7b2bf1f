// adapters/postgres/begun_work.hpp: what a bare statement that did not happen has left half done.
//
// Shape  one text a thing, in words, as the ledger keeps it. Empty: nothing, or the statement is of
//        a kind that leaves nothing.
// Rule   what is dropped or detached by half has lost its use already, whichever way the script
//        goes. What was built by half hinders nobody on the way up, where the next try drops it and
//        the migration is known to be pending; on the way back the migration counts as applied, so
//        that nobody would look.
// See    https://www.postgresql.org/docs/15/sql-dropindex.html (CONCURRENTLY: an invalid index
//        stays), sql-altertable.html (DETACH PARTITION CONCURRENTLY, FINALIZE).
#pragma once

#include "adapters/postgres/concurrent_index.hpp"
#include "commands/ports.hpp"
#include "ledger/events/target.hpp"
#include "migrations/migration.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace adapters::postgres {

// Names resolve in the session as it stands. `indexes_before`: invalid before the first attempt.
[[nodiscard]] ledger::Result<std::vector<std::string>> begun_work(
    const Ask& ask, const migrations::Script& script, std::uint32_t statement_index,
    ledger::Direction direction, const std::vector<std::string>& indexes_before,
    int server_version);

// Whether what such a statement was to drop or detach is not there any more, as after somebody has
// finished it by hand. Not, of a statement of another kind; nor while anything of its kind is half
// done that was not before the first attempt: by another name or in another schema, it may be that.
[[nodiscard]] ledger::Result<bool> is_over(const Ask& ask, const migrations::Script& script,
                                           std::uint32_t statement_index,
                                           const std::vector<std::string>& indexes_before);

// Whether it is there by its name, all of it, as before the first attempt.
[[nodiscard]] ledger::Result<bool> is_whole(const Ask& ask, const migrations::Script& script,
                                            std::uint32_t statement_index);

// In another session, which is set up as the script has it by then, and not reset.
[[nodiscard]] ledger::Result<std::vector<std::string>> begun_work(
    Connection& connection, const migrations::Script& script, std::uint32_t statement_index,
    ledger::Direction direction, const commands::BeforeStatement& before);

}  // namespace adapters::postgres
