// adapters/rocksdb/fault_names.hpp: what exactly happened to an event that is not the one
// committed. Internal.
//
// Rule    by the id of the event that stands there: that of another position whose own event stands
//         elsewhere too: reordered. Any other id: replaced. Its own id, or no event at all:
//         changed.
#pragma once

#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/findings.hpp"
#include "adapters/rocksdb/index_rows.hpp"

namespace adapters::rocksdb {

void name_exactly(const Database& database, const IndexRows& indexes, Findings& findings);

}  // namespace adapters::rocksdb
