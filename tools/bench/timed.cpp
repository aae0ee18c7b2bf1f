// Runs one command and says what it took, with as little of its own around it as can be.
//
// Usage   bench_timed REPORT COMMAND [ARGUMENT ...]
// Report  a file of one line: wall µs, CPU µs, peak memory in KiB, exit status. The peak is the
//         largest single process's, the command's children among them.
// Why     a small parent: on Linux a child's peak memory begins with that of who forked it.
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

extern char** environ;

namespace {

long long microseconds(const timeval& time) {
    return static_cast<long long>(time.tv_sec) * 1'000'000 + time.tv_usec;
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count < 3) {
        std::fputs("usage: bench_timed REPORT COMMAND [ARGUMENT ...]\n", stderr);
        return 2;
    }
    const auto began = std::chrono::steady_clock::now();
    pid_t child{};
    const int failure =
        posix_spawnp(&child, arguments[2], nullptr, nullptr, arguments + 2, environ);
    if (failure != 0) {
        std::fprintf(stderr, "bench_timed: %s: %s\n", arguments[2], std::strerror(failure));
        return 2;
    }
    int status{};
    rusage used{};
    while (wait4(child, &status, 0, &used) < 0 && errno == EINTR) {
    }
    const auto wall = std::chrono::steady_clock::now() - began;

    std::FILE* report = std::fopen(arguments[1], "w");
    if (report == nullptr) return 2;
    std::fprintf(
        report, "%lld %lld %ld %d\n",
        static_cast<long long>(std::chrono::duration_cast<std::chrono::microseconds>(wall).count()),
        microseconds(used.ru_utime) + microseconds(used.ru_stime), used.ru_maxrss,
        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return std::fclose(report) == 0 ? 0 : 2;
}
