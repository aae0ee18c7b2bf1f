// Every system call of an append fails once: strace does it. Skipped where it is not there, or may
// not attach.
#include "adapters/rocksdb/store.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fcntl.h>
#include <map>
#include <optional>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using adapters::rocksdb::Store;
using namespace tests;

namespace {

constexpr const char* child_ledger = "VARVE_TEST_TRACED_LEDGER";
constexpr std::uint64_t appended_id = 77;

std::string read_line(int descriptor) {
    std::string line;
    char letter = 0;
    while (read(descriptor, &letter, 1) == 1 && letter != '\n') line += letter;
    return line;
}

// A process with pipes to and from it.
class Process {
public:
    explicit Process(const std::vector<std::string>& words) {
        int input[2];
        int output[2];
        REQUIRE(pipe2(input, O_CLOEXEC) == 0);
        REQUIRE(pipe2(output, O_CLOEXEC) == 0);
        pid_ = fork();
        if (pid_ == 0) {
            std::vector<char*> arguments;
            for (const std::string& word : words)
                arguments.push_back(const_cast<char*>(word.c_str()));
            arguments.push_back(nullptr);
            dup2(input[0], STDIN_FILENO);
            dup2(output[1], STDOUT_FILENO);
            const int nothing = ::open("/dev/null", O_WRONLY);
            dup2(nothing, STDERR_FILENO);
            execvp(arguments[0], arguments.data());
            _exit(127);
        }
        ::close(input[0]);
        ::close(output[1]);
        input_ = input[1];
        output_ = output[0];
    }
    ~Process() {
        ::close(input_);
        ::close(output_);
        if (status_) return;
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] std::string line() const { return read_line(output_); }
    void go_on() const { REQUIRE(write(input_, "\n", 1) == 1); }
    int wait() {
        int status = 0;
        waitpid(pid_, &status, 0);
        status_ = status;
        return status;
    }

private:
    pid_t pid_{};
    int input_{};
    int output_{};
    std::optional<int> status_;
};

bool is_traced(pid_t pid) {
    const std::string status = slurp("/proc/" + std::to_string(pid) + "/status");
    const std::size_t at = status.find("TracerPid:\t");
    return at != status.npos && status[at + 11] != '0';
}

bool wait_until_traced(pid_t pid) {
    for (int count = 0; count < 500; ++count) {
        bool all = true;
        std::error_code error;
        for (const auto& task :
             std::filesystem::directory_iterator{"/proc/" + std::to_string(pid) + "/task", error})
            all = all && is_traced(std::stoi(task.path().filename().string()));
        if (all && !error) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return false;
}

struct Outcome {
    bool traced{};
    bool injected{};
    std::string answer;  // of the append; empty where none came
};

// The `number`th `call` of each thread fails as `how` says, from before the append on.
Outcome append_with_fault(const Scratch& scratch, const std::string& call, int number,
                          const std::string& how) {
    setenv(child_ledger, scratch.ledger().c_str(), 1);
    const std::string log = (scratch.folder() / "trace").string();
    spill(log, "");
    Process child{{"/proc/self/exe", "the child of a system call test"}};
    Outcome outcome;
    if (child.line() != "ready") FAIL("the child could not open the ledger");
    Process tracer{{"strace", "-f", "-qq", "-o", log, "-p", std::to_string(child.pid()), "-e",
                    "trace=" + call, "-e",
                    "inject=" + call + ":" + how + ":when=" + std::to_string(number)}};
    outcome.traced = wait_until_traced(child.pid());
    if (!outcome.traced) return outcome;
    child.go_on();
    outcome.answer = child.line();
    const int status = child.wait();
    tracer.wait();
    outcome.injected = slurp(log).find("INJECTED") != std::string::npos ||
                       (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return outcome;
}

// Whole; what was acknowledged is there; repeating it settles what was not.
void check_settled(const Scratch& scratch, const std::string& answer, std::uint64_t size) {
    const auto verified = must(adapters::rocksdb::verify_in_child(scratch.ledger()));
    for (const auto& fault : verified.faults) FAIL_CHECK(fault.what << ": " << fault.detail);
    if (answer == "appended") CHECK(verified.size == size + 1);
    StepClock clock;
    const auto store = must(Store::open(scratch.ledger(), clock));
    CHECK(must(store->head()).size == verified.size);
    CHECK(must(store->append(some_append("target/a", appended_id))).first_position == size);
    CHECK(must(store->head()).size == size + 1);
}

}  // namespace

TEST_CASE("the child of a system call test", "[.]") {
    const char* const ledger = std::getenv(child_ledger);
    if (ledger == nullptr) return;
    prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
    StepClock clock;
    std::signal(SIGABRT, SIG_DFL);  // not the test runner's
    auto store = Store::open(ledger, clock);
    if (!store || !(*store)->open_for_writing()) _exit(2);
    if (write(STDOUT_FILENO, "ready\n", 6) != 6) _exit(3);  // past what the test's runner says
    read_line(STDIN_FILENO);
    const auto appended = (*store)->append(some_append("target/a", appended_id));
    const std::string answer = (appended ? "appended" : appended.error().reason) + "\n";
    // By another call than those that fail.
    const iovec part{const_cast<char*>(answer.data()), answer.size()};
    if (writev(STDOUT_FILENO, &part, 1) < 0) _exit(3);
    store->reset();
    _exit(0);
}

TEST_CASE("every system call of an append failed once: nothing acknowledged is lost") {
    const Scratch full;
    StepClock clock;
    fill(full, clock, 20);
    std::map<std::string, std::size_t> injected_count;
    const int calls_max = static_cast<int>(soak(3, 40));
    for (const std::string how : {"error=EIO", "error=ENOSPC", "signal=SIGKILL"})
        for (const std::string call : {"write", "pwrite64", "fdatasync", "fsync", "openat",
                                       "rename", "unlink", "ftruncate", "fallocate"})
            for (int number = 1; number <= calls_max; ++number) {
                CAPTURE(call, number, how);
                const Scratch scratch;
                std::filesystem::copy(full.ledger(), scratch.ledger(),
                                      std::filesystem::copy_options::recursive);
                const Outcome outcome = append_with_fault(scratch, call, number, how);
                if (!outcome.traced) {
                    WARN("strace is not there, or may not attach: nothing was tested");
                    return;
                }
                if (!outcome.injected) break;
                ++injected_count[call];
                CHECK((outcome.answer.empty() || outcome.answer == "appended" ||
                       outcome.answer == "append-in-doubt" || outcome.answer == "ledger-full" ||
                       outcome.answer == "ledger-unreachable" ||
                       outcome.answer == "ledger-closed"));
                check_settled(scratch, outcome.answer, 20);
            }
    CHECK(injected_count["write"] >= 3);
    CHECK(injected_count["pwrite64"] >= 3);
    CHECK(injected_count["fdatasync"] >= 3);
}
