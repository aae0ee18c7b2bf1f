// commands/emptied_tables.hpp: what a statement leaves without a row and has not read a row of.
//
// Why     TRUNCATE and REFRESH ... WITH NO DATA give a table a new, empty file and make its indexes
//         over that: measured, it is rewritten and read. It takes no time that grows with its rows.
// Source  PostgreSQL 15: ExecuteTruncateGuts(), ExecRefreshMatView().
#pragma once

#include "commands/rehearsal.hpp"

#include <vector>

namespace commands {

[[nodiscard]] std::vector<RelationName> emptied_by(const MeasuredStatement& statement);

}  // namespace commands
