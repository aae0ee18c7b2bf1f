#include "tools/varve/system.hpp"

#include "ledger/clean.hpp"

#include <atomic>
#include <csignal>
#include <ctime>
#include <pwd.h>
#include <thread>
#include <unistd.h>

namespace tools::varve {

namespace {

std::atomic<int> asked_by{0};
std::atomic<std::int64_t> asked_at_ms{0};

std::int64_t monotonic_ms() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

// A terminal sends one SIGINT a key. Others double theirs: timeout(1) sends it to the process and
// to its group.
extern "C" void on_signal(int signal) {
    constexpr std::int64_t doubled_within_ms = 1000;
    const int first = asked_by.load();
    const bool is_second = first != 0 && monotonic_ms() - asked_at_ms.load() >= doubled_within_ms;
    if ((signal == SIGINT && first == SIGINT) || (signal != SIGHUP && is_second))
        _exit(signal == SIGINT ? 130 : 143);
    if (first == 0) asked_at_ms.store(monotonic_ms());
    asked_by.store(signal);
}

}  // namespace

std::int64_t SystemClock::now_us() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

Signals::Signals() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

bool is_stop_requested() { return asked_by.load() != 0; }

std::optional<std::string> Signals::requested() { return stop_requested_by(); }

std::optional<std::string> stop_requested_by() {
    switch (asked_by.load()) {
        case 0:
            return std::nullopt;
        case SIGINT:
            return "SIGINT";
        case SIGHUP:
            return "SIGHUP";
        default:
            return "SIGTERM";
    }
}

void Signals::pause(std::chrono::microseconds duration) {
    const auto end = std::chrono::steady_clock::now() + duration;
    while (!requested() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
}

ledger::Actor current_actor() {
    char host[256] = {};
    if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
    passwd entry{};
    passwd* found = nullptr;
    char buffer[4096];
    getpwuid_r(getuid(), &entry, buffer, sizeof buffer, &found);
    const std::string id = found != nullptr ? found->pw_name : "uid-" + std::to_string(getuid());
    return {ledger::clean(id, 128), ledger::ActorKind::person, "os-user", ledger::clean(host, 256)};
}

}  // namespace tools::varve
