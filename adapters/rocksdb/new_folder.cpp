#include "adapters/rocksdb/new_folder.hpp"

#include "adapters/rocksdb/folder.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace adapters::rocksdb {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 20U;

tl::unexpected<ledger::Error> place_unreachable(const fs::path& path,
                                                const std::error_code& error) {
    const bool is_full = error == std::errc::no_space_on_device;
    return fail(Code::unavailable, is_full ? "ledger-full" : "ledger-unreachable",
                path.string() + ": " + error.message(),
                is_full ? "make room; what was begun is taken away again"
                        : "it needs a folder that you may write to");
}

tl::unexpected<ledger::Error> is_mount(const fs::path& place) {
    return fail(
        Code::refused, "destination-unfit",
        "another disk is mounted at " + place.string() +
            ", and a folder is put in its place whole, which cannot be done there",
        "name a folder on that disk: " + (place / "ledger").string() + "; nothing was changed");
}

bool is_mounted(const fs::path& place) {
    struct stat own {};
    struct stat above {};
    return ::stat(place.c_str(), &own) == 0 && ::stat(place.parent_path().c_str(), &above) == 0 &&
           own.st_dev != above.st_dev;
}

tl::unexpected<ledger::Error> failed(const fs::path& path) {
    return place_unreachable(path, {errno, std::generic_category()});
}

class File {
public:
    File(const fs::path& path, int flags)
        : descriptor_{::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, S_IRUSR | S_IWUSR)} {
    }  // a pipe that nobody writes to is not waited for
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

    // Fewer than asked for at the end; nothing where it failed.
    [[nodiscard]] std::optional<std::size_t> read(std::string& bytes) const {
        std::size_t done = 0;
        while (done < bytes.size()) {
            const ssize_t count = ::read(descriptor_, bytes.data() + done, bytes.size() - done);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return std::nullopt;
            if (count == 0) break;
            done += static_cast<std::size_t>(count);
        }
        return done;
    }
    [[nodiscard]] bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return true;
    }
    [[nodiscard]] bool sync() const { return fsync(descriptor_) == 0; }

private:
    int descriptor_;
};

Result<void> copy_file(const fs::path& from, const fs::path& to,
                       const std::function<bool()>& is_stopped) {
    const File source{from, O_RDONLY};
    if (!source.is_open()) return failed(from);
    const File copy{to, O_WRONLY | O_CREAT | O_EXCL};
    if (!copy.is_open()) return failed(to);
    std::string piece(piece_bytes, '\0');
    for (;;) {
        if (auto on = expect_not_stopped(is_stopped); !on) return on;
        const auto count = source.read(piece);
        if (!count) return failed(from);
        if (!copy.write(std::string_view{piece}.substr(0, *count))) return failed(to);
        if (*count < piece.size()) break;
    }
    if (!copy.sync()) return failed(to);
    return {};
}

}  // namespace

Result<void> expect_not_stopped(const std::function<bool()>& is_stopped) {
    if (!is_stopped || !is_stopped()) return {};
    return fail(Code::unavailable, "interrupted", "stopped before the copy was whole",
                "the same command again; what was begun is taken away");
}

Result<void> sync_folder(const fs::path& path) {
    const File folder{path, O_RDONLY | O_DIRECTORY};
    if (!folder.is_open() || !folder.sync()) return failed(path);
    return {};
}

NewFolder::NewFolder(const fs::path& place, std::string_view doing)
    : place_(behind_links(place)),
      folder_(place_.parent_path() /
              ("." + place_.filename().string() + "." + std::string{doing} + "-" +
               std::to_string(getpid()) + "-" + std::to_string(next_number++))) {}

NewFolder::~NewFolder() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

Result<void> NewFolder::begin() {
    if (is_mounted(place_)) return is_mount(place_);
    std::error_code error;
    fs::create_directories(folder_.parent_path(), error);
    if (error) return place_unreachable(folder_.parent_path(), error);
    fs::remove_all(folder_, error);
    if (::mkdir(folder_.c_str(), S_IRWXU) != 0) return failed(folder_);
    return {};
}

// rename() replaces an empty folder and no other.
Result<bool> NewFolder::take_place() {
    if (auto synced = sync_folder(folder_); !synced) return fail(synced.error());
    std::error_code error;
    fs::rename(folder_, place_, error);
    if (error == std::errc::directory_not_empty || error == std::errc::file_exists) return false;
    if (error == std::errc::device_or_resource_busy) return is_mount(place_);  // of the same disk
    if (error) return place_unreachable(place_, error);
    if (auto synced = sync_folder(place_.parent_path()); !synced) return fail(synced.error());
    return true;
}

Result<void> copy_folder(const fs::path& from, const fs::path& to,
                         const std::function<bool()>& is_stopped) {
    if (::mkdir(to.c_str(), S_IRWXU) != 0) return failed(to);
    std::error_code error;
    for (const auto& entry : fs::directory_iterator{from, error}) {
        if (!entry.is_regular_file()) continue;
        auto copied = copy_file(entry.path(), to / entry.path().filename(), is_stopped);
        if (!copied) return copied;
    }
    if (error) return place_unreachable(from, error);
    return sync_folder(to);
}

Result<std::vector<CopiedFile>> files_below(const fs::path& folder) {
    std::vector<CopiedFile> files;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator{folder, error}) {
        if (!entry.is_regular_file()) continue;
        const auto bytes = read_file(entry.path());
        if (!bytes) return fail(bytes.error());
        if (!*bytes) continue;
        files.push_back({entry.path().lexically_relative(folder).string(), (*bytes)->size(),
                         ledger::sha256(**bytes)});
    }
    if (error) return place_unreachable(folder, error);
    std::sort(files.begin(), files.end(), [](const CopiedFile& left, const CopiedFile& right) {
        return left.path < right.path;
    });
    return files;
}

Result<void> write_file(const fs::path& path, std::string_view bytes) {
    const fs::path unfinished = path.string() + ".new";
    {
        const File file{unfinished, O_WRONLY | O_CREAT | O_TRUNC};
        if (!file.is_open() || !file.write(bytes) || !file.sync()) return failed(unfinished);
    }
    std::error_code error;
    fs::rename(unfinished, path, error);
    if (error) return place_unreachable(path, error);
    return sync_folder(path.parent_path());
}

Result<std::optional<std::string>> read_file(const fs::path& path) {
    const File file{path, O_RDONLY};
    if (!file.is_open()) {
        if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>{};
        return failed(path);
    }
    std::string bytes;
    std::string piece(piece_bytes, '\0');
    for (;;) {
        const auto count = file.read(piece);
        if (!count) return failed(path);
        bytes.append(piece, 0, *count);
        if (*count < piece.size()) return std::optional{std::move(bytes)};
    }
}

}  // namespace adapters::rocksdb
