// adapters/rocksdb/preflight.hpp: a child process opens the ledger first, and touches nothing.
//
// Why     librocksdb has its assertions on and can abort on damaged input; and a read-write open of
//         a ledger with one flipped bit in its MANIFEST can delete every table. Internal.
// Errors  those of opening, load_tail and expect_anchored; corrupt "ledger-damaged" where the child
//         died.
#pragma once

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/database.hpp"
#include "ledger/result.hpp"

#include <chrono>
#include <filesystem>

namespace adapters::rocksdb {

[[nodiscard]] ledger::Result<void> preflight(const std::filesystem::path& path, Mode mode,
                                             const Anchor& anchor,
                                             std::chrono::milliseconds timeout);

}  // namespace adapters::rocksdb
