// tools/varve/sql_script.hpp: replayed SQL as a script for psql, and as JSON.
//
// Shape   every script under a comment that says which it is; in a transaction where it was one;
//         DISCARD ALL after each, since Varve gives every attempt a session like new.
#pragma once

#include "commands/replay_sql.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/moment.hpp"

#include <string>
#include <vector>

namespace tools::varve {

[[nodiscard]] std::string sql_script(const Moment& moment, const std::string& target,
                                     const std::vector<commands::ReplayedScript>& scripts);

[[nodiscard]] Json to_json(const std::vector<commands::ReplayedScript>& scripts);

// "0003 fill (position 42): the ledger has no content of ...", of each that has no SQL.
[[nodiscard]] std::vector<std::string> missing_scripts(
    const std::vector<commands::ReplayedScript>& scripts);

}  // namespace tools::varve
