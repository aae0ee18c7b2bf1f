// adapters/rocksdb/backup.hpp: a copy of a ledger in a folder of its own, whole or not there.
//
// Holds    the events and their content, and the anchor; never a private key, no read models.
// How      with the writer's lock: links to its tables (RocksDB's Checkpoint), then copies of
//          them. Where another process writes: the lines that its anchor says are on disk, read
//          from a fresh view of them and written anew, since links beside a live writer may miss
//          or tear its log.
// Order    copied beside its place, verified, its manifest written, then named.
// Errors   those of opening; refused "destination-unfit"; corrupt "copy-damaged"; unavailable
//          "interrupted", "ledger-full".
#pragma once

#include "adapters/rocksdb/manifest.hpp"
#include "ledger/clock.hpp"
#include "ledger/result.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace adapters::rocksdb {

struct BackupRequest {
    std::filesystem::path ledger;
    std::filesystem::path destination;
    std::string tool;
    bool verifies{true};                 // in full, in a child process
    std::function<bool()> is_stopped{};  // ends it without a trace
};

struct Backup {
    Manifest manifest;
    bool beside_writer{};               // copied line by line
    std::filesystem::path destination;  // absolute
};

[[nodiscard]] ledger::Result<Backup> back_up(const BackupRequest& request, ledger::Clock& clock);

// Events, content and anchor of `path` as far as they are on disk, in an empty folder, line by
// line. For who must not, or cannot, have the writer's lock.
[[nodiscard]] ledger::Result<void> copy_lines(const std::filesystem::path& path,
                                              const std::filesystem::path& folder);

// The copy proves itself, and is the ledger that it is said to be.
[[nodiscard]] ledger::Result<void> expect_whole(const std::filesystem::path& folder,
                                                std::uint64_t size, const ledger::Digest& root);

}  // namespace adapters::rocksdb
