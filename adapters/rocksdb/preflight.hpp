// adapters/rocksdb/preflight.hpp: a child process opens the ledger first, and touches nothing.
//
// Why     librocksdb has its assertions on and can abort on damaged input; and a read-write open of
//         a ledger with one flipped bit in its MANIFEST can delete every table. Internal.
// Head    what it saw of the ledger comes back: who needs no more has no need to open it.
// Errors  those of opening, load_tail and expect_anchored; corrupt "ledger-damaged" where the child
//         died.
#pragma once

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/child.hpp"
#include "adapters/rocksdb/database.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"

#include <chrono>
#include <filesystem>
#include <utility>

namespace adapters::rocksdb {

class Preflight {
public:
    static ledger::Result<Preflight> begin(const std::filesystem::path& path, Mode mode,
                                           const Anchor& anchor);
    // Call once.
    [[nodiscard]] ledger::Result<ledger::Head> finish(std::chrono::milliseconds timeout);

private:
    explicit Preflight(Child child) : child_(std::move(child)) {}
    Child child_;
};

}  // namespace adapters::rocksdb
