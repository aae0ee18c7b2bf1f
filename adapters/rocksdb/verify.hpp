// adapters/rocksdb/verify.hpp: a ledger folder proven whole from its events alone.
//
// Trust    nothing is believed because an index says so: every line is decoded and hashed, the
//          tree built again, every other row compared with what the lines imply, both ways.
// Beside   a live writer or none; modifies nothing.
// Slugs    "event-changed", "event-missing", "event-reordered", "event-replaced", "tail-cut",
//          "index-wrong", "content-changed", "content-missing", "content-unredacted",
//          "redaction-wrong", "checkpoint-wrong", "checkpoint-forged", "checkpoint-key-retired",
//          "cosignature-bad", "key-wrong", "root-differs", "anchor-disagrees", "store-damaged".
// Fast     believes a checkpoint, and looks at what came after it; see verify_events.hpp.
// Cost     one pass over all events and content: about 4 us and 100 bytes of memory an event.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/result.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace adapters::rocksdb {

struct Fault {
    std::optional<std::uint64_t> position;  // of the event concerned, where one is
    std::string what;                       // a slug
    std::string detail;
    // Who says so: "ids", "tile", "commit", "anchor", "checkpoint", "signature", "event" (its own
    // digest or order), or what is outside the ledger: "target production", "folder /path".
    std::string witness{};
    bool operator==(const Fault&) const = default;
};

struct Verification {
    std::uint64_t size{};       // what the ledger says of itself
    ledger::Digest root;        // over the events as found
    std::uint64_t from_size{};  // what was taken as verified before: 0 in full
    std::string believed;       // why: "event 412", "the checkpoint that was kept"
    std::uint64_t event_count{};
    std::uint64_t content_count{};
    std::uint64_t redacted_count{};    // contents that an event says were deleted
    std::uint64_t checkpoint_count{};  // whose signature holds
    std::vector<Fault> faults;  // none: whole. Those of events first, the lowest position first;
                                // at most `faults_max` are told
    std::uint64_t fault_count{};
    bool operator==(const Verification&) const = default;
};

inline constexpr std::size_t faults_max = 100;

struct Scope {
    bool is_fast{};                              // only what came after a checkpoint
    std::optional<std::string> kept_checkpoint;  // that one: a signed note
};

// An error says that it could not be verified at all (there is no ledger); damage is a fault.
[[nodiscard]] ledger::Result<Verification> verify(const std::filesystem::path& path,
                                                  const Scope& scope = {});

// The same in a child process, since librocksdb can abort on what it reads: a child that dies or
// outlasts `timeout` is the fault "store-damaged".
[[nodiscard]] ledger::Result<Verification> verify_in_child(
    const std::filesystem::path& path, const Scope& scope = {},
    std::chrono::milliseconds timeout = std::chrono::hours{1});

}  // namespace adapters::rocksdb
