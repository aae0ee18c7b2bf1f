#include "adapters/rocksdb/child.hpp"

#include "adapters/rocksdb/large_pages.hpp"
#include "adapters/rocksdb/rows.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <new>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace adapters::rocksdb {

namespace {

constexpr int died_of_exception = 120;
constexpr int died_of_want = 121;  // of memory, threads or room: the ledger is not to blame
constexpr int result_descriptor = STDERR_FILENO + 1;
constexpr std::size_t stderr_bytes_max = 400;

std::atomic<bool> was_memory_short = false;  // of a child, which has one work

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

std::string read_all(int descriptor) {
    std::string bytes;
    std::array<char, 65'536> part{};
    off_t offset = 0;
    for (;;) {
        const ssize_t count = pread(descriptor, part.data(), part.size(), offset);
        if (count <= 0) return bytes;
        bytes.append(part.data(), static_cast<std::size_t>(count));
        offset += count;
    }
}

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

// The handlers of a test runner or of a service are not the child's; and what a terminal sends to
// everybody is the parent's to answer: it takes the child with it where it dies.
void forget_signal_handlers() {
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL})
        std::signal(signal, SIG_DFL);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) std::signal(signal, SIG_IGN);
}

// Every other file of the parent is closed, its locks above all: they must end when it ends. False
// where no more may be open.
bool keep_only(int result, int errors) {
    const int high_result = fcntl(result, F_DUPFD, result_descriptor + 1);
    const int high_errors = fcntl(errors, F_DUPFD, result_descriptor + 1);
    const int nowhere = ::open("/dev/null", O_RDWR);
    const bool is_kept = dup2(nowhere, STDIN_FILENO) >= 0 && dup2(nowhere, STDOUT_FILENO) >= 0 &&
                         dup2(high_errors, STDERR_FILENO) >= 0 &&
                         dup2(high_result, result_descriptor) >= 0;
    close_range(result_descriptor + 1, ~0U, 0);
    return is_kept;
}

// A damaged length asks for more than anybody has; what is asked for here is little.
bool is_memory_short() {
    constexpr std::size_t little = std::size_t{64} << 20U;
    void* asked = mmap(nullptr, little, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (asked == MAP_FAILED) return true;
    munmap(asked, little);
    return false;
}

// Where memory was refused, all that was held is still held; where that is caught, it is not.
[[noreturn]] void note_want() {
    if (is_memory_short()) was_memory_short = true;
    throw std::bad_alloc{};
}

// A library that gets none may end the process rather than say so.
void watch_for_want() {
    std::set_new_handler(note_want);
    std::set_terminate(std::abort);
    std::signal(SIGABRT, [](int /*signal*/) {
        if (was_memory_short) _exit(died_of_want);
    });
}

// No thread or no memory was to be had.
bool is_want(const std::error_code& code) {
    return code == std::errc::resource_unavailable_try_again ||
           code == std::errc::not_enough_memory;
}

[[noreturn]] void be_the_child(const std::function<std::string()>& work, int result, int errors,
                               pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(died_of_exception);
    forget_signal_handlers();
    leave_stacks_of_the_parent();
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    if (!keep_only(result, errors)) _exit(died_of_want);
    watch_for_want();
    use_large_pages();
    int status = died_of_exception;
    try {
        status = write_all(result_descriptor, work()) ? 0 : died_of_want;
    } catch (const std::bad_alloc&) {
        if (was_memory_short || is_memory_short()) status = died_of_want;
        write_all(STDERR_FILENO, "out of memory");
    } catch (const std::system_error& error) {
        if (is_want(error.code())) status = died_of_want;
        write_all(STDERR_FILENO, error.what());
    } catch (const std::exception& error) {
        write_all(STDERR_FILENO, error.what());
    }
    _exit(status);
}

bool has_ended(pid_t child) {
    siginfo_t information{};
    waitid(P_PID, static_cast<id_t>(child), &information, WEXITED | WNOHANG | WNOWAIT);
    return information.si_pid == child;
}

// True where it has ended by itself in time.
bool wait_for(pid_t child, std::chrono::milliseconds timeout) {
    constexpr int turn_ms = 1000;
    constexpr int turn_without_pidfd_ms = 5;
    const Descriptor process{static_cast<int>(syscall(SYS_pidfd_open, child, 0))};
    pollfd waiting{process.number(), POLLIN, 0};
    const int turn = process.number() < 0 ? turn_without_pidfd_ms : turn_ms;
    const auto end = std::chrono::steady_clock::now() + timeout;
    while (!has_ended(child)) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        if (left.count() <= 0) return false;
        poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left.count(), turn)));
    }
    return true;
}

std::string how_it_died(int status, bool in_time) {
    if (!in_time) return "took too long and was stopped";
    if (WIFSIGNALED(status)) return "died of signal " + std::to_string(WTERMSIG(status));
    return "ended with status " + std::to_string(WEXITSTATUS(status));
}

int reap(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

}  // namespace

void leave_stacks_of_the_parent() {
#if defined(__SANITIZE_THREAD__)
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    std::size_t size = 0;
    pthread_attr_getstacksize(&attributes, &size);
    pthread_attr_setstacksize(&attributes, size + size / 8);
    pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
#endif
}

ledger::Result<Child> Child::start(const std::function<std::string()>& work) {
    const int result = memfd_create("result", MFD_CLOEXEC);
    const int errors = memfd_create("errors", MFD_CLOEXEC);
    const pid_t parent = getpid();
    const pid_t process = result < 0 || errors < 0 ? -1 : fork();
    if (process == 0) be_the_child(work, result, errors, parent);
    Child child{std::max(process, 0), result, errors};
    if (process > 0) return child;
    return ledger::fail(ledger::Code::unavailable, "ledger-unreachable",
                        "no child process could be made to look at it first");
}

Child::Child(Child&& other) noexcept
    : process_(std::exchange(other.process_, 0)),
      result_(std::exchange(other.result_, -1)),
      errors_(std::exchange(other.errors_, -1)) {}

Child::~Child() {
    if (process_ != 0) {
        kill(process_, SIGKILL);
        reap(process_);
    }
    for (const int descriptor : {result_, errors_})
        if (descriptor >= 0) ::close(descriptor);
}

ledger::Result<std::string> Child::finish(std::chrono::milliseconds timeout) {
    const bool in_time = wait_for(process_, timeout);
    if (!in_time) kill(process_, SIGKILL);
    const int status = reap(std::exchange(process_, 0));
    if (in_time && WIFEXITED(status) && WEXITSTATUS(status) == 0) return read_all(result_);
    const bool was_killed = in_time && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (was_killed)
        return ledger::fail(ledger::Code::unavailable, "ledger-unreachable",
                            "the process that looked at it first was killed", "try again");
    std::string detail = "the process that looked at it first " + how_it_died(status, in_time);
    const std::string said = read_all(errors_).substr(0, stderr_bytes_max);
    if (!said.empty()) detail += ": " + said;
    if (in_time && WIFEXITED(status) && WEXITSTATUS(status) == died_of_want)
        return ledger::fail(ledger::Code::unavailable, "ledger-unreachable", detail,
                            "give it more memory (ulimit -v), threads (ulimit -u) and open files "
                            "(ulimit -n)");
    return ledger::fail(ledger::Code::corrupt, "ledger-damaged", detail,
                        "do not write to it; keep a copy of the folder and restore a backup");
}

ledger::Result<std::string> run_in_child(const std::function<std::string()>& work,
                                         std::chrono::milliseconds timeout) {
    auto child = Child::start(work);
    if (!child) return ledger::fail(child.error());
    return child->finish(timeout);
}

std::string join(const std::vector<std::string>& texts) {
    std::string bytes;
    for (const std::string& text : texts) bytes += number_bytes(text.size()) + text;
    return bytes;
}

std::vector<std::string> split(std::string_view bytes) {
    std::vector<std::string> texts;
    while (bytes.size() >= 8) {
        const std::uint64_t length = number_of(bytes.substr(0, 8)).value_or(0);
        texts.emplace_back(bytes.substr(8, length));
        bytes.remove_prefix(std::min<std::size_t>(bytes.size(), 8 + length));
    }
    return texts;
}

}  // namespace adapters::rocksdb
