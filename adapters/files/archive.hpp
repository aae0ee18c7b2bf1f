// adapters/files/archive.hpp: one file that holds many: POSIX tar (ustar), or zip without
// compression.
//
// Shape   every member is a regular file of mode 0644 with the one time that the archive was given,
//         in the order of add(): the same members give the same bytes.
// Whole   written beside the path it is for, as NAME.partial-PID, and given its name by publish(),
// once
//         all of it is on disk; without that nothing stays.
// Mode    0600: an archive is as open as its author makes it.
// Limits  names of at most 100 bytes; members of at most 8 GiB in tar. Zip as Windows reads it: at
//         most 65,535 members and 4 GiB in all, refused "archive-too-large".
// Errors  refused "file-exists"; unavailable "file-unwritable".
// Own     tar and stored zip are a header a member; a library would be one more to load, and decide
//         on owners, times and extensions that must never differ between two exports.
#pragma once

#include "ledger/digest.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace adapters::files {

enum class ArchiveFormat { tar, zip };

class Archive {
public:
    static ledger::Result<Archive> create(const std::filesystem::path& path, ArchiveFormat format,
                                          std::int64_t time_s);
    Archive(Archive&& other) noexcept;
    Archive& operator=(Archive&& other) = delete;
    ~Archive();

    ledger::Result<void> add(const std::string& name, std::string_view bytes);

    struct Written {
        ledger::Digest digest;  // SHA-256 of the whole file
        std::uint64_t byte_count{};
    };
    // Ends the archive and brings it to disk, still without its name.
    ledger::Result<Written> finish();
    // Gives it its name; where that is taken in the meantime, refused "file-exists".
    ledger::Result<void> publish();

private:
    class File;
    explicit Archive(std::unique_ptr<File> file);
    std::unique_ptr<File> file_;
};

}  // namespace adapters::files
