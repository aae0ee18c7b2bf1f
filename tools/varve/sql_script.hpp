// tools/varve/sql_script.hpp: replayed SQL as a script for psql, and as JSON.
//
// Shape   every script under a comment that says which it is; in a transaction where it was one;
//         DISCARD ALL after each, since Varve gives every attempt a session like new, and a new
//         connection after one that changed what sessions begin with. A colon that psql would take
//         for the beginning of a variable is \: to it; JSON has it as it was sent.
#pragma once

#include "commands/replay_sql.hpp"
#include "ledger/store.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/moment.hpp"

#include <string>
#include <vector>

namespace tools::varve {

// `lost`: what is said of events that the ledger goes on without.
[[nodiscard]] std::string sql_script(const Moment& moment, const std::string& target,
                                     const std::vector<std::string>& lost,
                                     const std::vector<commands::ReplayedScript>& scripts);

[[nodiscard]] Json to_json(const std::vector<commands::ReplayedScript>& scripts);

// A sentence for each copy that the ledger has gone on from in its first `size` events, where
// something was lost or nobody could tell: what those events had run is not in the SQL.
[[nodiscard]] ledger::Result<std::vector<std::string>> lost_before(const ledger::Reader& reader,
                                                                   std::uint64_t size);

// "0003 fill (position 42): the ledger has no content of ...", of each that has no SQL.
[[nodiscard]] std::vector<std::string> missing_scripts(
    const std::vector<commands::ReplayedScript>& scripts);

}  // namespace tools::varve
