// migrations/bookkeeping/search_path.hpp: whether another tool's scripts ran in another schema than
// they would run in now.
//
// Why  a script that names no schema makes its tables where the session's search_path begins. Most
//      tools make their own table there too: where that is elsewhere than in this session, the next
//      migration would go astray.
#pragma once

#include "migrations/bookkeeping/table.hpp"
#include "migrations/bookkeeping/tools.hpp"

#include <optional>
#include <string>

namespace migrations::bookkeeping {

// A finding, or nothing. `current_schema` is where this session makes what has no schema.
[[nodiscard]] std::optional<std::string> search_path_finding(const KnownTool& tool,
                                                             const TableShape& table,
                                                             const std::string& current_schema);

}  // namespace migrations::bookkeeping
