// adapters/files/durable_file.hpp: small files that are there whole or not at all.
//
// Errors  unavailable "file-unwritable", "file-unreadable".
#pragma once

#include "ledger/result.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace adapters::files {

// Written aside, synced, renamed; the folder is synced too.
[[nodiscard]] ledger::Result<void> write_durably(const std::filesystem::path& path,
                                                 const std::string& bytes, unsigned mode = 0644);

// Nothing where there is no such file; at most 16 MiB.
[[nodiscard]] ledger::Result<std::optional<std::string>> read_small(
    const std::filesystem::path& path);

}  // namespace adapters::files
