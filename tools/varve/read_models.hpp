// tools/varve/read_models.hpp: the read models that commands answer from, brought level.
//
// Trust  they are caches: an error costs the next command time, and nothing else.
#pragma once

#include "ledger/result.hpp"
#include "ledger/store.hpp"
#include "projections/row_store.hpp"

namespace tools::varve {

ledger::Result<void> bring_level(const ledger::Reader& reader, projections::RowStore& rows);

}  // namespace tools::varve
