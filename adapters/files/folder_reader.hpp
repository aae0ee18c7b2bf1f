// adapters/files/folder_reader.hpp: reads a migrations folder from disk, as it is.
//
// Shape    regular files and links to them; what is hidden (.git, templates) and node_modules are
//          left out.
// Refuses  "migrations-missing": no such folder; "migrations-not-a-folder";
//          "migrations-unreadable".
// Errors   a file or folder below that cannot be read, or a file larger than 64 MiB, is in the tree
//          with its error in place of its bytes: nothing disappears.
// Waits    files of which the caller says so are listed alone, until read_rest() reads them.
// Order    links to folders are followed, each folder once.
#pragma once

#include "ledger/result.hpp"
#include "migrations/source_tree.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace adapters::files {

// One file by itself, with its error in place of its bytes.
[[nodiscard]] migrations::SourceFile read_one(const std::filesystem::path& path);

using MayWait = std::function<bool(const std::string& path)>;

[[nodiscard]] ledger::Result<migrations::SourceTree> read_tree(const std::filesystem::path& path,
                                                               const MayWait& may_wait = {});

// Reads what waits.
void read_rest(migrations::SourceTree& tree);

}  // namespace adapters::files
