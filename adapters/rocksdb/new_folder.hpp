// adapters/rocksdb/new_folder.hpp: a folder made beside its place and renamed there: all of it or
// nothing. Internal.
//
// Order    what is in it is synced by who writes it; then its own entries, then the name.
// Never    takes the place of anything but an empty folder, so nobody's ledger is ever lost.
// Links    one in the last place is followed, also where it leads to nothing yet: the folder is
// made
//          beside what it leads to, so that the name can be given at once.
// Errors   unavailable "ledger-unreachable"; refused "destination-unfit" where another disk is
//          mounted at the place; refused as the caller says where something is there.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/result.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace adapters::rocksdb {

[[nodiscard]] ledger::Result<void> sync_folder(const std::filesystem::path& path);

class NewFolder {
public:
    // `doing` is part of its name while it is made: ".ledger.making-123-0".
    NewFolder(const std::filesystem::path& place, std::string_view doing);
    ~NewFolder();  // gone, unless it got its name
    NewFolder(const NewFolder&) = delete;
    NewFolder& operator=(const NewFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

    ledger::Result<void> begin();
    // False where something is there already.
    ledger::Result<bool> take_place();

private:
    static inline std::atomic<unsigned> next_number{0};
    std::filesystem::path place_;
    std::filesystem::path folder_;
};

// unavailable "interrupted", once somebody has asked for that.
[[nodiscard]] ledger::Result<void> expect_not_stopped(const std::function<bool()>& is_stopped);

struct CopiedFile {
    std::string path;  // relative to the folder
    std::uint64_t byte_count{};
    ledger::Digest digest;
    bool operator==(const CopiedFile&) const = default;
};

// Every file of a flat folder, copied into a new one of mode 0700 and synced. `is_stopped` ends it
// with unavailable "interrupted".
[[nodiscard]] ledger::Result<void> copy_folder(const std::filesystem::path& from,
                                               const std::filesystem::path& to,
                                               const std::function<bool()>& is_stopped = {});

// Every file below a folder, read again and hashed, in the order of their names.
[[nodiscard]] ledger::Result<std::vector<CopiedFile>> files_below(
    const std::filesystem::path& folder);

// A small file in one go, synced, under its name only when it is whole; mode 0600.
[[nodiscard]] ledger::Result<void> write_file(const std::filesystem::path& path,
                                              std::string_view bytes);
// Nothing where there is none.
[[nodiscard]] ledger::Result<std::optional<std::string>> read_file(
    const std::filesystem::path& path);

}  // namespace adapters::rocksdb
