// adapters/rocksdb/unerased.hpp: what is redacted, and may still be in old tables and logs.
// Internal.
//
// File     `unerased` in the ledger's folder, a digest a line: on disk before the commit that
//          redacts, gone after the last old file is. Backups never contain it.
// Opening  whoever opens a ledger for writing calls finish(), which costs a look for the file.
// Damage   a line that is no digest: everything that was ever redacted is erased once more.
// Threads  every member may be called from any thread.
#pragma once

#include "adapters/rocksdb/database.hpp"
#include "ledger/digest.hpp"

#include <filesystem>
#include <mutex>
#include <set>
#include <span>
#include <utility>

namespace adapters::rocksdb {

class Unerased {
public:
    explicit Unerased(std::filesystem::path ledger) : ledger_(std::move(ledger)) {}

    // Is anything left over from a process that was killed?
    [[nodiscard]] bool is_left_over() const;
    // Erases it. A digest without a tombstone is dropped: what was to redact it never happened, so
    // call it before the first commit.
    [[nodiscard]] ledger::Result<void> finish(Database& database);

    // Before the commit that redacts them.
    [[nodiscard]] ledger::Result<void> remember(std::span<const ledger::Digest> digests);
    // After it.
    [[nodiscard]] ledger::Result<void> erase(Database& database,
                                             std::span<const ledger::Digest> digests);

private:
    [[nodiscard]] ledger::Result<void> write() const;

    std::filesystem::path ledger_;
    std::mutex mutex_;  // guards what follows, and the file
    std::set<ledger::Digest> digests_;
};

}  // namespace adapters::rocksdb
