// adapters/postgres/concurrent_index.hpp: what CREATE INDEX CONCURRENTLY and its kin leave behind.
//
// Shape    an index is named as "schema"."index", each quoted only where it must be.
// Refuses  to name a leftover that is valid, partitioned, older than the first attempt
//          (`indexes_before`), of another table or name, or that somebody may still be building.
// Reindex  leaves them wherever it has built: on a table, its TOAST table and its partitions, or on
//          all tables of a schema or database; by their names: that of an index of the same table
//          which the statement rebuilds (cut where the whole is too long), "_ccnew" or "_ccold",
//          a number.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"
#include "migrations/statement.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace adapters::postgres {

// Both quoted, as to_regclass() reads them. No schema: by the search path.
[[nodiscard]] std::string qualified(const std::string& schema, const std::string& name);

using Ask = std::function<Answer(const Command&)>;

// Leftovers of an earlier try of that statement. Names resolve in the session as it stands.
[[nodiscard]] ledger::Result<std::vector<std::string>> leftovers(
    const Ask& ask, const migrations::ConcurrentIndex& index,
    const std::vector<std::string>& indexes_before);

enum class IndexState { absent, invalid, valid };

// The index that the statement names.
[[nodiscard]] ledger::Result<IndexState> state_of(const Ask& ask,
                                                  const migrations::ConcurrentIndex& index);

// Invalid indexes of all tables that the script's concurrent statements name, in any schema where
// they name none, and what REINDEX may have left on others that those reach.
[[nodiscard]] ledger::Result<std::vector<std::string>> invalid_indexes_of(
    const Ask& ask, const migrations::Script& script);

}  // namespace adapters::postgres
