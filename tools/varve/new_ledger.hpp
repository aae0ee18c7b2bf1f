// tools/varve/new_ledger.hpp: makes a ledger and the key that will sign its checkpoints.
//
// Order   the key first (as KEY.new, locked, readable by its owner alone, and encrypted where a
//         passphrase is configured and there), then the ledger with its first two events, then the
//         key gets its name. Killed in between, the same command goes on: without a ledger a new
//         key is made, with one finish_key() names the one that is there.
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

// Once all has been appended that there will be for now: who comes next finds them level, and need
// not open the events for it. An error costs time later, and nothing else.
void make_read_models(const Configuration& configuration, const ledger::Reader& reader);

// Gives the key its name, where the process that made the ledger was killed before it could.
void finish_key(const Configuration& configuration);

// Whose events a command's are.
[[nodiscard]] ledger::Context command_context(const Invocation& invocation, ledger::Clock& clock);

}  // namespace tools::varve
