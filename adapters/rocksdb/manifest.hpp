// adapters/rocksdb/manifest.hpp: what a backup holds, so that it can be checked before it is used.
//
// Format  text; `sha256sum -c manifest` in the backup's folder checks its files:
//         # varve backup 1
//         # ledger <uuid>          # size <events>     # root <hex>
//         # made_at_us <number>    # tool <name>
//         # | <a line of the newest signed checkpoint>, as many as it has
//         # bytes <count>          before each file
//         <SHA-256, hex>  <path>   of each file
//         # end <SHA-256 of all before this line, hex>
// Order   written last: a folder without one is no backup.
// Errors  refused "not-a-backup"; corrupt "backup-damaged".
#pragma once

#include "adapters/rocksdb/new_folder.hpp"
#include "ledger/digest.hpp"
#include "ledger/identity.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace adapters::rocksdb {

struct Manifest {
    ledger::Uuid ledger;
    std::uint64_t size{};
    ledger::Digest root;
    std::int64_t made_at_us{};
    std::string tool;
    std::optional<std::string> checkpoint;  // the newest signed note
    std::vector<CopiedFile> files;
    bool operator==(const Manifest&) const = default;
};

[[nodiscard]] std::uint64_t byte_count(const Manifest& manifest);
[[nodiscard]] std::string to_text(const Manifest& manifest);
[[nodiscard]] ledger::Result<Manifest> manifest_from_text(std::string_view text);
[[nodiscard]] ledger::Result<Manifest> read_manifest(const std::filesystem::path& backup);

// Every file is there as it was written, and nothing else is.
[[nodiscard]] ledger::Result<void> check_files(const std::filesystem::path& backup,
                                               const Manifest& manifest);

// What of a ledger's folder belongs to a copy of it.
[[nodiscard]] ledger::Result<std::vector<CopiedFile>> files_of_copy(
    const std::filesystem::path& folder);

}  // namespace adapters::rocksdb
