#include "adapters/files/archive.hpp"

#include "adapters/files/archive_headers.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace adapters::files {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t buffer_bytes = std::size_t{1} << 20U;
constexpr std::size_t name_bytes_max = 100;
constexpr std::uint64_t tar_member_bytes_max = std::uint64_t{8} << 30U;

ledger::Error taken(const fs::path& path) {
    return {Code::refused, "file-exists", path.string() + " is there already",
            "name another file with --output, or move it away; nothing is overwritten"};
}

ledger::Error too_large(const std::string& what) {
    return {Code::refused, "archive-too-large", what,
            "name a .tar with --output, or choose a smaller scope"};
}

ledger::Error unwritable(const fs::path& path, int number) {
    return {Code::unavailable, "file-unwritable",
            "cannot write " + path.string() + ": " + std::strerror(number),
            "look at the folder's permissions and the disk's free space"};
}

fs::path folder_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path{"."};
}

// The folder's own entry, so that a name once given survives a power cut.
void sync_folder_of(const fs::path& path) {
    const int descriptor = open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    fsync(descriptor);
    close(descriptor);
}

}  // namespace

class Archive::File {
public:
    File(fs::path path, ArchiveFormat format, std::int64_t time_s)
        : path_{std::move(path)},
          partial_{path_.string() + ".partial-" + std::to_string(getpid())},
          format_{format},
          time_s_{time_s} {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (descriptor_ < 0) return;
        close(descriptor_);
        if (has_partial_name_) unlink(partial_.c_str());
    }

    // Without a name where the file system can do that: then a kill leaves nothing at all.
    Result<void> open_partial() {
        struct stat ignored {};
        if (lstat(path_.c_str(), &ignored) == 0) return fail(taken(path_));
        if (access("/proc/self/fd", X_OK) == 0)
            descriptor_ = open(folder_of(path_).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (descriptor_ >= 0) return {};
        unlink(partial_.c_str());  // left by a killed process that had our number
        descriptor_ =
            open(partial_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (descriptor_ < 0) return fail(unwritable(path_, errno));
        has_partial_name_ = true;
        return {};
    }

    Result<void> add(const std::string& name, std::string_view bytes) {
        if (name.empty() || name.size() > name_bytes_max)
            return fail(too_large("the name of a member is longer than 100 bytes: " + name));
        return format_ == ArchiveFormat::tar ? add_to_tar(name, bytes) : add_to_zip(name, bytes);
    }

    Result<Written> finish() {
        const auto ended = format_ == ArchiveFormat::tar
                               ? write(std::string(2 * tar_block_bytes, '\0'))
                               : end_zip();
        if (!ended) return fail(ended.error());
        if (auto flushed = flush(); !flushed) return fail(flushed.error());
        if (fsync(descriptor_) != 0) return fail(unwritable(path_, errno));
        return Written{written_.finish(), byte_count_};
    }

    // A hard link, unlike a renaming, never takes the place of what is there.
    Result<void> publish() {
        const std::string from =
            has_partial_name_ ? partial_.string() : "/proc/self/fd/" + std::to_string(descriptor_);
        if (linkat(AT_FDCWD, from.c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW) != 0)
            return fail(errno == EEXIST ? taken(path_) : unwritable(path_, errno));
        sync_folder_of(path_);
        return {};
    }

private:
    Result<void> add_to_tar(const std::string& name, std::string_view bytes) {
        if (bytes.size() >= tar_member_bytes_max) return fail(too_large(name + " is over 8 GiB"));
        if (auto done = write(tar_header(name, bytes.size(), time_s_)); !done) return done;
        if (auto done = write(bytes); !done) return done;
        const std::size_t left = bytes.size() % tar_block_bytes;
        return left == 0 ? Result<void>{} : write(std::string(tar_block_bytes - left, '\0'));
    }

    Result<void> add_to_zip(const std::string& name, std::string_view bytes) {
        constexpr std::uint64_t bytes_max = std::numeric_limits<std::uint32_t>::max();
        constexpr std::size_t members_max = std::numeric_limits<std::uint16_t>::max();
        const std::uint64_t central = 200 * (members_.size() + 2);
        if (byte_count_ + bytes.size() + central >= bytes_max || members_.size() >= members_max)
            return fail(too_large("a zip has at most 65,535 members and 4 GiB"));
        members_.push_back({name, crc32(bytes), static_cast<std::uint32_t>(bytes.size()),
                            static_cast<std::uint32_t>(byte_count_), time_s_});
        if (auto done = write(zip_local_header(members_.back())); !done) return done;
        return write(bytes);
    }

    Result<void> end_zip() {
        const std::uint64_t begin = byte_count_;
        for (const ZipMember& member : members_)
            if (auto done = write(zip_central_header(member)); !done) return done;
        return write(zip_end(static_cast<std::uint16_t>(members_.size()),
                             static_cast<std::uint32_t>(byte_count_ - begin),
                             static_cast<std::uint32_t>(begin)));
    }

    Result<void> write(std::string_view bytes) {
        byte_count_ += bytes.size();
        buffer_ += bytes;
        return buffer_.size() < buffer_bytes ? Result<void>{} : flush();
    }

    Result<void> flush() {
        for (std::size_t done = 0; done < buffer_.size();) {
            const ssize_t count =
                ::write(descriptor_, buffer_.data() + done, buffer_.size() - done);
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) return fail(unwritable(path_, errno));
            done += static_cast<std::size_t>(count);
        }
        written_.update(buffer_);
        buffer_.clear();
        return {};
    }

    fs::path path_;
    fs::path partial_;
    ArchiveFormat format_;
    std::int64_t time_s_;
    int descriptor_ = -1;
    bool has_partial_name_ = false;
    std::uint64_t byte_count_ = 0;
    std::string buffer_;
    ledger::Sha256 written_;
    std::vector<ZipMember> members_;
};

Archive::Archive(std::unique_ptr<File> file) : file_{std::move(file)} {}
Archive::Archive(Archive&& other) noexcept = default;
Archive::~Archive() = default;

Result<Archive> Archive::create(const fs::path& path, ArchiveFormat format, std::int64_t time_s) {
    auto file = std::make_unique<File>(path, format, time_s);
    if (auto opened = file->open_partial(); !opened) return fail(opened.error());
    return Archive{std::move(file)};
}

Result<void> Archive::add(const std::string& name, std::string_view bytes) {
    return file_->add(name, bytes);
}

Result<Archive::Written> Archive::finish() { return file_->finish(); }

Result<void> Archive::publish() { return file_->publish(); }

}  // namespace adapters::files
