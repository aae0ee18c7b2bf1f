// tools/varve/new_ledger.hpp: makes a ledger and the key that will sign its checkpoints.
//
// Order   the key file first (new, readable by its owner alone), then the ledger with its first two
//         events; where the ledger cannot be made, the key is taken away again.
// Errors  refused "ledger-exists", "file-exists" (the key), "configuration-invalid" (the
//         organisation cannot be part of a key's name).
#pragma once

#include "adapters/rocksdb/store.hpp"
#include "ledger/clock.hpp"
#include "ledger/result.hpp"
#include "tools/varve/configuration.hpp"
#include "tools/varve/invocation.hpp"

#include <memory>

namespace tools::varve {

[[nodiscard]] ledger::Result<std::unique_ptr<adapters::rocksdb::Store>> create_ledger(
    const Invocation& invocation, const Configuration& configuration, ledger::Clock& clock);

// Whose events a command's are.
[[nodiscard]] ledger::Context command_context(const Invocation& invocation, ledger::Clock& clock);

}  // namespace tools::varve
