#include "adapters/shadow/keeper.hpp"

#include "adapters/shadow/confinement.hpp"
#include "adapters/shadow/process.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace adapters::shadow {

namespace {

constexpr int pipe_descriptor = STDERR_FILENO + 1;
constexpr int lock_descriptor = STDERR_FILENO + 2;
constexpr int failed = 127;
constexpr const char* ended_file = "ended";

// What is needed after fork, made before it: nothing is allocated there.
struct Prepared {
    std::string folder;
    std::string log;
    const Words* server;
    const Words* removal;
    std::optional<Owner> owner;
    bool is_confined{};
    bool may_connect{};
};

void default_signals() {
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGCHLD, SIGUSR1, SIGUSR2})
        std::signal(signal, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Every other file of the parent is closed, its locks above all, and so is its output: who reads
// that would else wait for us.
void keep_only(int pipe, int lock, const std::string& log) {
    const int high_pipe = fcntl(pipe, F_DUPFD, lock_descriptor + 1);
    const int high_lock = fcntl(lock, F_DUPFD, lock_descriptor + 1);
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const int nothing = ::open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    dup2(high_pipe, pipe_descriptor);
    dup2(high_lock, lock_descriptor);
    close_range(lock_descriptor + 1, ~0U, 0);
}

[[noreturn]] void be_the_server(const Prepared& prepared, pid_t keeper) {
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (getppid() != keeper) _exit(failed);
    close_range(pipe_descriptor, ~0U, 0);
    char* const* const words = prepared.server->pointers();
    if (prepared.is_confined) confine({words[0], words, prepared.may_connect, "."});
    execv(words[0], words);
    _exit(failed);
}

bool ends_within(pid_t process, int milliseconds) {
    constexpr int turn_ms = 2;
    for (int waited = 0; waited < milliseconds; waited += turn_ms) {
        if (waitpid(process, nullptr, WNOHANG) != 0) return true;
        poll(nullptr, 0, turn_ms);
    }
    return false;
}

// Until the other end of the pipe is closed. A server that ends by itself leaves its log till then.
void watch(pid_t server) {
    constexpr int turn_ms = 20;
    pollfd waiting{pipe_descriptor, POLLIN, 0};
    bool has_ended = false;
    while (poll(&waiting, 1, has_ended ? -1 : turn_ms) <= 0) {
        if (has_ended || waitpid(server, nullptr, WNOHANG) != server) continue;
        has_ended = true;
        ::close(::open(ended_file, O_WRONLY | O_CREAT, 0600));
    }
    if (has_ended) return;
    constexpr int patience_ms = 5000;
    kill(server, SIGQUIT);
    if (ends_within(server, patience_ms)) return;
    kill(server, SIGKILL);
    waitpid(server, nullptr, 0);
}

[[noreturn]] void be_the_keeper(const Prepared& prepared, int pipe, int lock) {
    setsid();
    default_signals();
    keep_only(pipe, lock, prepared.log);
    if (prepared.owner) {
        (void)!unshare(CLONE_NEWNET);
        if (!become(*prepared.owner)) _exit(failed);
    }
    if (chdir(prepared.folder.c_str()) != 0) _exit(failed);
    const pid_t keeper = getpid();
    const pid_t server = fork();
    if (server == 0) be_the_server(prepared, keeper);
    if (server > 0) watch(server);
    (void)!chdir("/");
    execv(prepared.removal->pointers()[0], prepared.removal->pointers());
    _exit(failed);
}

ledger::Error not_started(const std::filesystem::path& folder) {
    return {ledger::Code::unavailable, "shadow-failed",
            "no process could be started for a server in " + folder.string(), "try again"};
}

}  // namespace

ledger::Result<Keeper> Keeper::start(const Order& order) {
    const Words server{order.words};
    const Words removal{{"/bin/rm", "-rf", "--", order.folder.string()}};
    const Prepared prepared{order.folder.string(),
                            (order.folder / "server.log").string(),
                            &server,
                            &removal,
                            order.owner,
                            order.is_confined,
                            order.may_connect};
    const int lock = ::open((order.folder / "keeper").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    std::array<int, 2> pipe{-1, -1};
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0 || pipe2(pipe.data(), O_CLOEXEC) != 0)
        return ledger::fail(not_started(order.folder));
    if (order.owner) (void)!fchown(lock, order.owner->user, order.owner->group);
    const pid_t process = fork();
    if (process == 0) be_the_keeper(prepared, pipe[0], lock);
    ::close(pipe[0]);
    ::close(lock);  // the keeper's copy holds it
    if (process > 0) return Keeper{process, pipe[1], order.folder};
    ::close(pipe[1]);
    return ledger::fail(not_started(order.folder));
}

Keeper::Keeper(Keeper&& other) noexcept
    : process_{std::exchange(other.process_, 0)},
      pipe_{std::exchange(other.pipe_, -1)},
      folder_{std::move(other.folder_)} {}

Keeper::~Keeper() {
    if (process_ <= 0) return;
    ::close(pipe_);
    reap(process_);
}

bool Keeper::has_server() const {
    std::error_code error;
    return std::filesystem::exists(folder_, error) &&
           !std::filesystem::exists(folder_ / ended_file, error);
}

bool is_kept(const std::filesystem::path& folder) {
    const int lock = ::open((folder / "keeper").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (lock < 0) return false;
    const bool is_free = flock(lock, LOCK_EX | LOCK_NB) == 0;
    ::close(lock);
    return !is_free;
}

}  // namespace adapters::shadow
