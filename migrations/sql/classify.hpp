// migrations/sql/classify.hpp: from libpg_query's tree to what a runner must know.
//
// Source  PreventInTransactionBlock() in PostgreSQL 15: what cannot run in a transaction.
#pragma once

#include "migrations/statement.hpp"

struct PgQuery__Node;

namespace migrations::sql {

void classify(const PgQuery__Node& node, Statement& statement);

// The statement's kind: "create-index", "alter-table", "drop-table".
[[nodiscard]] std::string kind_of(const PgQuery__Node& node);

}  // namespace migrations::sql
