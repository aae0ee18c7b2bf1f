// adapters/rocksdb/old_ledger.hpp: what the folder that a restore puts aside knows. Internal.
//
// Asked    the folder in the way, however damaged: its anchor, its events, and where it is itself
//          restored and waits for a decision, what it waits for. Where none is in the way, the one
//          that was moved aside last: a restore may have been killed before the copy had its name.
// Named    "anchor", "old ledger"; of a folder moved aside "anchor of NAME", and its name.
#pragma once

#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/restore.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace adapters::rocksdb {

struct OldLedger {
    std::string name;
    std::vector<Known> known;
    std::unique_ptr<Reader> events;  // where they can be read
    std::filesystem::path folder;
};

// A folder moved aside that is of another ledger than `id` is not asked.
[[nodiscard]] OldLedger ask_old_ledger(const std::filesystem::path& ledger, const ledger::Uuid& id);

// What comes behind the ledger's name where its folder is moved aside, and before the time.
inline constexpr const char* moved_aside_suffix = ".replaced-";

}  // namespace adapters::rocksdb
