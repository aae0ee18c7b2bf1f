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

// The same for a file that is there: a link to it stays one, and mode and owner stay its own.
[[nodiscard]] ledger::Result<void> rewrite_durably(const std::filesystem::path& path,
                                                   const std::string& bytes);

// Its two parts, for who words the error: false, and errno says why. Several processes may replace
// the same file: the last one counts.
[[nodiscard]] bool replace_file(const std::filesystem::path& path, const std::string& bytes,
                                unsigned mode = 0644);
[[nodiscard]] bool sync_folder(const std::filesystem::path& folder);

// Nothing where there is no such file; at most 16 MiB.
[[nodiscard]] ledger::Result<std::optional<std::string>> read_small(
    const std::filesystem::path& path);

}  // namespace adapters::files
