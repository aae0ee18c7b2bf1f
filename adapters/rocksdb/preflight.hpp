// adapters/rocksdb/preflight.hpp: a child process opens the ledger first, and touches nothing.
//
// Why     librocksdb has its assertions on and can abort on damaged input; and a read-write open of
//         a ledger with one flipped bit in its MANIFEST can delete every table. Internal.
// Sight   what it saw of the ledger comes back: who needs no more has no need to open it.
// Errors  those of opening, load_tail and expect_anchored; corrupt "ledger-damaged" where the child
//         died.
#pragma once

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/child.hpp"
#include "adapters/rocksdb/database.hpp"
#include "ledger/result.hpp"
#include "ledger/store.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <utility>

namespace adapters::rocksdb {

struct Sight {
    ledger::Head head;
    // The largest checkpoint's, which is what a target is most likely to hold. 0: there is none.
    std::uint64_t checkpoint_size{};
    ledger::Digest checkpoint_root{};

    // Of the two sizes it has seen.
    [[nodiscard]] std::optional<ledger::Digest> root_at(std::uint64_t size) const {
        if (size == head.size) return head.root;
        if (size != 0 && size == checkpoint_size) return checkpoint_root;
        return std::nullopt;
    }
};

class Preflight {
public:
    static ledger::Result<Preflight> begin(const std::filesystem::path& path, Mode mode,
                                           const Anchor& anchor);
    // Call once.
    [[nodiscard]] ledger::Result<Sight> finish(std::chrono::milliseconds timeout);

private:
    explicit Preflight(Child child) : child_(std::move(child)) {}
    Child child_;
};

}  // namespace adapters::rocksdb
