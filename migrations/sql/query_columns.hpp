// migrations/sql/query_columns.hpp: which columns a query names, and of which of its relations.
//
// Scopes  a query's own relations, then those of the queries around it, as the server looks; a WITH
//         and a subquery in FROM that is not LATERAL do not see those beside them.
// Leaves  the table that a column is of, where no qualifier tells, to who knows the tables.
#pragma once

#include "migrations/sql/tree_reading.hpp"

#include <vector>

namespace migrations::sql {

// `reads`: the relations of the query, as relations_in() has them.
[[nodiscard]] std::vector<ColumnUse> columns_in(const ProtobufCMessage& message,
                                                const std::vector<ObjectName>& reads);

}  // namespace migrations::sql
