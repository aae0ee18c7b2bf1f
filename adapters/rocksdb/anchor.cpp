#include "adapters/rocksdb/anchor.hpp"

#include "adapters/rocksdb/rows.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace adapters::rocksdb {

namespace {

constexpr std::size_t slot_bytes = 4096;
constexpr std::string_view magic = "VARVEANC";
constexpr std::size_t body_bytes = 8 + 8 + 16 + 8 + 32;
static_assert(body_bytes + 32 <= 512);  // one sector: no power cut tears it
constexpr int read_attempts_max = 10;   // beside a writer both slots can be torn for a moment

std::string encode_slot(const Anchor& anchor) {
    std::string slot{magic};
    slot += number_bytes(anchor.sequence);
    slot += bytes_of(anchor.ledger);
    slot += number_bytes(anchor.size);
    slot += bytes_of(anchor.root);
    slot += bytes_of(ledger::sha256(slot));
    slot.resize(slot_bytes, '\0');
    return slot;
}

std::optional<Anchor> decode_slot(std::string_view slot) {
    if (slot.size() != slot_bytes || !slot.starts_with(magic)) return std::nullopt;
    const std::string_view body = slot.substr(0, body_bytes);
    if (slot.substr(body_bytes, 32) != bytes_of(ledger::sha256(body))) return std::nullopt;
    Anchor anchor;
    anchor.sequence = number_of(body.substr(8, 8)).value_or(0);
    std::copy_n(body.begin() + 16, 16, reinterpret_cast<char*>(anchor.ledger.bytes.data()));
    anchor.size = number_of(body.substr(32, 8)).value_or(0);
    anchor.root = digest_of(body.substr(40, 32));
    return anchor;
}

std::filesystem::path file_of(const std::filesystem::path& ledger_path) {
    return ledger_path / "anchor";
}

ledger::Error io_error(const std::string& doing) {
    const int number = errno;
    const std::string detail = doing + ": " + std::generic_category().message(number);
    if (number == ENOENT)
        return {ledger::Code::corrupt, "anchor-missing", detail,
                "restore the anchor file from a backup of the ledger folder; without it nobody can "
                "tell whether the newest events are still there"};
    if (number == ENOSPC || number == EDQUOT || number == EFBIG)
        return {ledger::Code::unavailable, "ledger-full", detail,
                "make room on the disk, or raise the limit on it, then the same command again"};
    return {ledger::Code::unavailable, "ledger-unreachable", detail,
            "check that the disk is there and the folder belongs to you"};
}

std::optional<Anchor> newest(int descriptor) {
    std::optional<Anchor> found;
    for (std::size_t index = 0; index < 2; ++index) {
        std::string slot(slot_bytes, '\0');
        const ssize_t count =
            pread(descriptor, slot.data(), slot_bytes, static_cast<off_t>(index * slot_bytes));
        if (count != static_cast<ssize_t>(slot_bytes)) continue;
        const std::optional<Anchor> anchor = decode_slot(slot);
        if (anchor && (!found || anchor->sequence > found->sequence)) found = anchor;
    }
    return found;
}

}  // namespace

ledger::Result<Anchor> read_anchor(const std::filesystem::path& ledger_path) {
    const std::filesystem::path path = file_of(ledger_path);
    // A pipe that nobody writes to must not be waited for.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return ledger::fail(io_error(path.string()));
    std::optional<Anchor> anchor;
    for (int attempt = 0; attempt < read_attempts_max && !anchor; ++attempt) {
        if (attempt > 0) usleep(1000);
        anchor = newest(descriptor);
    }
    ::close(descriptor);
    if (anchor) return *anchor;
    return ledger::fail(ledger::Code::corrupt, "anchor-damaged",
                        path.string() + ": neither of its two slots is whole",
                        "restore the anchor file from a backup of the ledger folder");
}

ledger::Result<std::unique_ptr<AnchorFile>> AnchorFile::create(
    const std::filesystem::path& ledger_path, const Anchor& first) {
    const std::filesystem::path path = file_of(ledger_path);
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return ledger::fail(io_error(path.string()));
    std::unique_ptr<AnchorFile> file{new AnchorFile{descriptor}};
    for (const std::uint64_t sequence : {std::uint64_t{0}, std::uint64_t{1}}) {
        Anchor anchor = first;
        anchor.sequence = sequence;
        if (auto written = file->write(anchor); !written) return ledger::fail(written.error());
    }
    if (auto synced = file->sync(); !synced) return ledger::fail(synced.error());
    return file;
}

ledger::Result<std::unique_ptr<AnchorFile>> AnchorFile::open(
    const std::filesystem::path& ledger_path) {
    const std::filesystem::path path = file_of(ledger_path);
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return ledger::fail(io_error(path.string()));
    std::unique_ptr<AnchorFile> file{new AnchorFile{descriptor}};
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return ledger::fail(
            ledger::Code::conflict, "ledger-locked",
            ledger_path.string() + " is being written by another command, whose lock file is gone",
            "wait for it to end; a lock's file is never to be removed");
    return file;
}

AnchorFile::~AnchorFile() { ::close(descriptor_); }

ledger::Result<void> AnchorFile::write(const Anchor& anchor) {
    const std::string slot = encode_slot(anchor);
    const auto offset = static_cast<off_t>(anchor.sequence % 2 * slot_bytes);
    const ssize_t written = pwrite(descriptor_, slot.data(), slot.size(), offset);
    if (written == static_cast<ssize_t>(slot_bytes)) return {};
    if (written >= 0) errno = ENOSPC;  // a part of it had room
    return ledger::fail(io_error("writing the anchor"));
}

ledger::Result<void> AnchorFile::sync() {
    if (fdatasync(descriptor_) != 0) return ledger::fail(io_error("syncing the anchor"));
    return {};
}

bool AnchorFile::is_in(const std::filesystem::path& ledger_path) const {
    struct stat own {};
    struct stat there {};
    if (stat(file_of(ledger_path).c_str(), &there) != 0) return errno != ENOENT && errno != ENOTDIR;
    if (fstat(descriptor_, &own) != 0) return true;
    return own.st_dev == there.st_dev && own.st_ino == there.st_ino;
}

}  // namespace adapters::rocksdb
