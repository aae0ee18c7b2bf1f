// adapters/rocksdb/unfinished_erasing.hpp: was a process killed before redacted bytes were gone?
#pragma once

#include <filesystem>

namespace adapters::rocksdb {

// Then they may still be in old files of this folder, until it is opened for writing.
[[nodiscard]] bool is_erasing_unfinished(const std::filesystem::path& ledger);

}  // namespace adapters::rocksdb
