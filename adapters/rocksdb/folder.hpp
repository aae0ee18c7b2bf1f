// adapters/rocksdb/folder.hpp: what lies where in a ledger's folder. Internal.
#pragma once

#include "ledger/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace adapters::rocksdb {

[[nodiscard]] inline std::filesystem::path events_of(const std::filesystem::path& ledger) {
    return ledger / "events";
}
[[nodiscard]] inline std::filesystem::path views_of(const std::filesystem::path& ledger) {
    return ledger / "views";
}
// Files that say what a folder is; a ledger that is written to has none of them.
[[nodiscard]] inline std::filesystem::path manifest_of(const std::filesystem::path& ledger) {
    return ledger / "manifest";  // a backup
}
[[nodiscard]] inline std::filesystem::path follows_of(const std::filesystem::path& ledger) {
    return ledger / "follows";  // a copy that follows another ledger
}
[[nodiscard]] inline std::filesystem::path restored_of(const std::filesystem::path& ledger) {
    return ledger / "restored";  // from a backup, and not yet said so in the ledger
}
// Redacted content that a process was killed over, before it was out of every file.
[[nodiscard]] inline std::filesystem::path unerased_of(const std::filesystem::path& ledger) {
    return ledger / "unerased";
}
[[nodiscard]] inline std::filesystem::path lock_of(const std::filesystem::path& ledger) {
    return ledger / "writer.lock";
}

// refused "ledger-missing", "not-a-ledger"; unavailable "ledger-unreachable"; corrupt
// "ledger-damaged" where an anchor is there and its events are not.
[[nodiscard]] ledger::Result<void> expect_ledger(const std::filesystem::path& path);

// May anything be written to it? refused "ledger-is-copy", and "loss-unaccepted" where it is
// restored and nobody has decided on what is lost.
[[nodiscard]] ledger::Result<void> expect_writable(const std::filesystem::path& path,
                                                   bool accepts_restored);

// May a ledger be made there? Yes where nothing is, or an empty folder.
[[nodiscard]] ledger::Result<void> expect_none(const std::filesystem::path& path);

// Has its disk so many bytes left? unavailable "ledger-full" where not, with that help.
[[nodiscard]] ledger::Result<void> expect_room(const std::filesystem::path& path,
                                               std::uint64_t bytes, const std::string& help);

// Absolute, without a trailing slash.
[[nodiscard]] std::filesystem::path tidy_path(const std::filesystem::path& path);
// Where a link in the last place leads to, also where nothing is there yet.
[[nodiscard]] std::filesystem::path behind_links(const std::filesystem::path& path);
// The folder itself, or in it, by whatever name.
[[nodiscard]] bool is_within(const std::filesystem::path& path,
                             const std::filesystem::path& folder);

}  // namespace adapters::rocksdb
