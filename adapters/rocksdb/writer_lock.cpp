#include "adapters/rocksdb/writer_lock.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <fcntl.h>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace adapters::rocksdb {

namespace {

constexpr std::chrono::milliseconds poll_interval{20};
constexpr std::chrono::milliseconds wait_min{50};  // is_locked() holds it for a moment
constexpr std::size_t holder_bytes_max = 1024;
constexpr std::int64_t us_per_second = 1'000'000;
constexpr std::size_t fraction_size = 8;  // ".678901Z"
constexpr char filler = ' ';  // after what the file says, up to where it said something longer

std::string utc_text(std::int64_t time_us) {
    const std::time_t seconds = time_us / us_per_second;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    const std::size_t length = strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::string fraction = std::to_string(us_per_second + time_us % us_per_second);
    fraction.front() = '.';
    return std::string{text.data(), length} + fraction + "Z";
}

std::string holder_of(int descriptor) {
    std::array<char, holder_bytes_max> text{};
    const ssize_t count = pread(descriptor, text.data(), text.size(), 0);
    const std::string_view said{text.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
    const std::size_t last = said.find_last_not_of(filler);
    return last == said.npos ? "someone" : std::string{said.substr(0, last + 1)};
}

// Of "2026-01-02T03:04:05.678901Z", or in whole seconds; 0 where it is neither.
std::int64_t time_in(const char* text) {
    std::tm parts{};
    const char* const rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
    if (rest == nullptr) return 0;
    const std::int64_t time_us = timegm(&parts) * us_per_second;
    if (*rest == 'Z') return time_us;
    const std::string_view fraction{rest};
    std::int64_t fraction_us = 0;
    if (fraction.size() != fraction_size || fraction.front() != '.' || fraction.back() != 'Z')
        return 0;
    const char* const end = rest + fraction_size - 1;
    return std::from_chars(rest + 1, end, fraction_us).ptr == end ? time_us + fraction_us : 0;
}

constexpr std::string_view pid_begin = "pid ";
constexpr std::string_view since_begin = ", since ";

// What write_holder() has written.
std::optional<LockHolder> holder_in(const std::string& text) {
    const std::size_t pid_end = text.find(", ");
    const std::size_t since = text.rfind(since_begin);
    if (!text.starts_with(pid_begin) || since == std::string::npos || pid_end >= since)
        return std::nullopt;
    LockHolder holder;
    const char* const end = text.data() + pid_end;
    if (std::from_chars(text.data() + pid_begin.size(), end, holder.pid).ptr != end)
        return std::nullopt;
    holder.command = text.substr(pid_end + 2, since - pid_end - 2);
    holder.since_us = time_in(text.c_str() + since + since_begin.size());
    return holder.since_us > 0 ? std::optional{holder} : std::nullopt;
}

// In one write, and the file is not cut off: a block that becomes free is one that the disk may be
// told of at once, which takes longer than all the rest of a short command.
void write_holder(int descriptor, const std::string& command, std::int64_t now_us) {
    std::string text = std::string{pid_begin} + std::to_string(getpid()) + ", " + command +
                       std::string{since_begin} + utc_text(now_us);
    struct stat before {};
    if (fstat(descriptor, &before) == 0)
        text.resize(std::max(text.size(),
                             std::min(static_cast<std::size_t>(before.st_size), holder_bytes_max)),
                    filler);
    if (pwrite(descriptor, text.data(), text.size(), 0) > 0)
        return;  // who holds it is for people; that it is held is what counts
}

tl::unexpected<ledger::Error> unreachable(const std::filesystem::path& file) {
    const std::string reason = std::generic_category().message(errno);
    return ledger::fail(ledger::Code::unavailable, "ledger-unreachable",
                        file.string() + ": " + reason,
                        "writing needs a folder that you may write to");
}

// For the caller to close; -1 where it is not there, or nobody has its lock.
int open_locked(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 || flock(descriptor, LOCK_SH | LOCK_NB) != 0) return descriptor;
    ::close(descriptor);
    return -1;
}

}  // namespace

ledger::Result<std::unique_ptr<WriterLock>> WriterLock::take(
    const std::filesystem::path& file, std::chrono::milliseconds wait, const std::string& command,
    std::int64_t now_us, const std::function<bool()>& is_stopped) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return unreachable(file);
    std::unique_ptr<WriterLock> lock{new WriterLock{descriptor}};
    const auto begin = std::chrono::steady_clock::now();
    const auto end = begin + std::max(wait, wait_min);
    while (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return unreachable(file);
        if (std::chrono::steady_clock::now() >= end || (is_stopped && is_stopped()))
            return ledger::fail(
                ledger::Code::conflict, "ledger-locked",
                file.parent_path().string() + " is being written by " + holder_of(descriptor),
                wait.count() > 0 ? "wait for it to end, or wait longer for the lock"
                                 : "wait for it to end, then again");
        std::this_thread::sleep_for(poll_interval);
    }
    const auto waited = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begin);
    write_holder(descriptor, command, now_us == 0 ? 0 : now_us + waited.count());
    return lock;
}

WriterLock::~WriterLock() { ::close(descriptor_); }

bool is_locked(const std::filesystem::path& file) {
    const int descriptor = open_locked(file);
    if (descriptor < 0) return false;
    ::close(descriptor);
    return true;
}

std::optional<LockHolder> lock_holder(const std::filesystem::path& file) {
    const int descriptor = open_locked(file);
    if (descriptor < 0) return std::nullopt;
    auto holder = holder_in(holder_of(descriptor));
    ::close(descriptor);
    return holder;
}

}  // namespace adapters::rocksdb
