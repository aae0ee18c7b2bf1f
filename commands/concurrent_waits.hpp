// commands/concurrent_waits.hpp: for whom a statement waits that works CONCURRENTLY,
// which its locks do not tell.
//
// Source  PostgreSQL 15: DefineIndex(), ReindexRelationConcurrently(), index_drop(),
//         ATExecDetachPartition().
#pragma once

#include "commands/rehearsal.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commands {

struct ConcurrentWaits {
    // It waits for the transactions that hold what conflicts with this on its table.
    LockMode table{};
    bool for_snapshots{};  // and for those of its database with one older than its own
    bool operator==(const ConcurrentWaits&) const = default;
};

[[nodiscard]] std::optional<ConcurrentWaits> concurrent_waits(const std::string& statement);

// "every transaction that has written to its table, and for ..."
[[nodiscard]] std::string words(const ConcurrentWaits& waits);

// What others must not hold, or it waits: `taken`, and on its tables what it waits out.
[[nodiscard]] std::vector<RelationLock> waited_out(const std::vector<RelationLock>& taken,
                                                   const ConcurrentWaits& waits);

}  // namespace commands
