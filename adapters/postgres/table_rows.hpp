// adapters/postgres/table_rows.hpp: rows of a shadow's tables: made, and told as checksums.
//
// Tables   ordinary ones and partitions, without PostgreSQL's own and those of extensions.
// Order    a table is filled once those that it refers to have rows; in a circle, as it comes.
// Triggers of the schema do their work; what they refuse is why a table has no rows.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "commands/sample_rows.hpp"
#include "ledger/result.hpp"

#include <set>
#include <string>
#include <vector>

namespace adapters::postgres {

// Of those tables that have none, and of varied rows those that are not in `sampled` yet, to which
// each is added that gets some. An error only where the catalog cannot be read.
[[nodiscard]] ledger::Result<std::vector<commands::SampledTable>> add_sample_rows(
    Connection& connection, commands::SampleStyle style, std::set<std::string>& sampled);

[[nodiscard]] ledger::Result<commands::AllRows> read_rows(Connection& connection);

}  // namespace adapters::postgres
