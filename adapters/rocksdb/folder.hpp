// adapters/rocksdb/folder.hpp: what lies where in a ledger's folder. Internal.
#pragma once

#include "ledger/result.hpp"

#include <filesystem>

namespace adapters::rocksdb {

[[nodiscard]] inline std::filesystem::path events_of(const std::filesystem::path& ledger) {
    return ledger / "events";
}
[[nodiscard]] inline std::filesystem::path views_of(const std::filesystem::path& ledger) {
    return ledger / "views";
}
[[nodiscard]] inline std::filesystem::path lock_of(const std::filesystem::path& ledger) {
    return ledger / "writer.lock";
}

// refused "ledger-missing", "not-a-ledger"; unavailable "ledger-unreachable"; corrupt
// "ledger-damaged" where an anchor is there and its events are not.
[[nodiscard]] ledger::Result<void> expect_ledger(const std::filesystem::path& path);

// May a ledger be made there? Yes where nothing is, or an empty folder.
[[nodiscard]] ledger::Result<void> expect_none(const std::filesystem::path& path);

// Absolute, without a trailing slash.
[[nodiscard]] std::filesystem::path tidy_path(const std::filesystem::path& path);

}  // namespace adapters::rocksdb
