#include "adapters/files/durable_file.hpp"

#include "adapters/files/descriptor.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace adapters::files {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t file_bytes_max = std::size_t{16} << 20U;

bool write_all(int file, const std::string& bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t count = write(file, bytes.data() + done, bytes.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        done += static_cast<std::size_t>(count);
    }
    return true;
}

tl::unexpected<ledger::Error> unwritable(const fs::path& path) {
    return fail(Code::unavailable, "file-unwritable",
                "cannot write " + path.string() + ": " + std::strerror(errno),
                "look at the folder's permissions and the disk's free space");
}

// Who may not give a file away keeps it: that is no reason not to write it.
void give_to_owner_of(const struct stat& about, int file) {
    const uid_t same = static_cast<uid_t>(-1);
    if (fchown(file, same, about.st_gid) != 0) errno = 0;
    if (geteuid() != about.st_uid && fchown(file, about.st_uid, same) != 0) errno = 0;
}

bool replace(const fs::path& path, const std::string& bytes, unsigned mode,
             const struct stat* like) {
    const fs::path aside = path.string() + "." + std::to_string(getpid()) + ".new";
    bool written = false;
    {
        const Descriptor file{
            open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)};
        if (!file.is_open()) return false;
        if (like != nullptr) give_to_owner_of(*like, file.number());
        written = fchmod(file.number(), mode) == 0 && write_all(file.number(), bytes) &&
                  fsync(file.number()) == 0;
    }
    if (written && rename(aside.c_str(), path.c_str()) == 0) return true;
    const int reason = errno;
    unlink(aside.c_str());
    errno = reason;
    return false;
}

}  // namespace

bool replace_file(const fs::path& path, const std::string& bytes, unsigned mode) {
    return replace(path, bytes, mode, nullptr);
}

bool sync_folder(const fs::path& folder) {
    const Descriptor file{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return file.is_open() &&
           (fsync(file.number()) == 0 || errno == EINVAL);  // of file systems without it
}

Result<void> write_durably(const fs::path& path, const std::string& bytes, unsigned mode) {
    if (!replace_file(path, bytes, mode)) return unwritable(path);
    const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path{"."};
    if (!sync_folder(parent)) return unwritable(parent);
    return {};
}

Result<void> rewrite_durably(const fs::path& path, const std::string& bytes) {
    std::error_code error;
    const fs::path place = fs::canonical(path, error);
    struct stat about {};
    if (error || stat(place.c_str(), &about) != 0) return unwritable(path);
    constexpr unsigned all_modes = 07777;
    if (!replace(place, bytes, about.st_mode & all_modes, &about)) return unwritable(path);
    if (!sync_folder(place.parent_path())) return unwritable(place.parent_path());
    return {};
}

Result<std::optional<std::string>> read_small(const fs::path& path) {
    // A pipe that nobody writes to must not be waited for.
    const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!file.is_open() && errno == ENOENT) return std::optional<std::string>{};
    const auto unreadable = [&path](const char* why) {
        return fail(Code::unavailable, "file-unreadable",
                    "cannot read " + path.string() + ": " + why,
                    "look at its permissions and at what it is");
    };
    if (!file.is_open()) return unreadable(std::strerror(errno));
    struct stat about {};
    if (fstat(file.number(), &about) != 0) return unreadable(std::strerror(errno));
    if (!S_ISREG(about.st_mode)) return unreadable("it is no regular file");
    std::string bytes;
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t count = read(file.number(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return unreadable(std::strerror(errno));
        if (count == 0) return std::optional{std::move(bytes)};
        bytes.append(buffer.data(), static_cast<std::size_t>(count));
        if (bytes.size() > file_bytes_max) return unreadable("it is larger than 16 MiB");
    }
}

}  // namespace adapters::files
