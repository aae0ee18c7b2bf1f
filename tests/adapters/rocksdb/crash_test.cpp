#include "adapters/rocksdb/child.hpp"
#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/store.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"
#include "tests/support/soak.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fcntl.h>
#include <map>
#include <random>
#include <set>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using adapters::rocksdb::Reader;
using adapters::rocksdb::Store;
using namespace tests;

namespace {

constexpr const char* child_ledger = "VARVE_TEST_CHILD_LEDGER";
constexpr const char* child_work = "VARVE_TEST_CHILD_WORK";

struct Acknowledged {
    std::uint64_t id{};
    std::uint64_t position{};
};

struct Appender {
    pid_t pid{};
    int output{};
};

// This program again, as a process of its own: a fork of one that has used RocksDB cannot use it.
Appender start_child(const Scratch& scratch, const std::string& work) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const pid_t pid = fork();
    if (pid == 0) {
        adapters::rocksdb::leave_stacks_of_the_parent();
        dup2(ends[1], STDOUT_FILENO);
        ::close(ends[0]);
        ::close(ends[1]);
        setenv(child_ledger, scratch.ledger().c_str(), 1);
        setenv(child_work, work.c_str(), 1);
        execl("/proc/self/exe", "child", "the child of a crash test", nullptr);
        _exit(127);
    }
    ::close(ends[1]);
    return {pid, ends[0]};
}

int end_child(const Appender& child) {
    ::close(child.output);
    int status = 0;
    waitpid(child.pid, &status, 0);
    return status;
}

void append_until_killed(Store& store, std::uint64_t first_id) {
    for (std::uint64_t id = first_id;; ++id) {
        const auto appended =
            store.append(some_append("target/" + std::to_string(id % 5), 2 * id, 1 + id % 2));
        if (!appended) _exit(3);
        const Acknowledged said{2 * id, appended->first_position};
        if (write(STDOUT_FILENO, &said, sizeof said) != sizeof said) _exit(4);
    }
}

void be_killed(const char* ledger) {
    StepClock clock;
    const auto store = Store::open(ledger, clock);
    if (!store) _exit(2);
    const auto base = static_cast<std::uint64_t>(getpid()) << 24U;
    std::vector<std::thread> threads;
    for (std::uint64_t number = 0; number < 4; ++number)
        threads.emplace_back(
            [&store, base, number] { append_until_killed(**store, base + (number << 20U)); });
    for (std::thread& thread : threads) thread.join();
}

// No file may grow any more, so that the commit fails in the middle of a write.
void fail_a_commit(const char* ledger) {
    StepClock clock;
    std::signal(SIGXFSZ, SIG_IGN);
    std::signal(SIGABRT, SIG_DFL);  // not the test runner's
    auto store = Store::open(ledger, clock);
    if (!store) _exit(2);
    const rlimit small{20'000, 20'000};
    setrlimit(RLIMIT_FSIZE, &small);
    for (std::uint64_t id = 100; id < 200; ++id) {
        const auto appended = (*store)->append(some_append("target/a", id));
        if (appended) continue;
        const bool is_in_doubt = appended.error().reason == "append-in-doubt";
        const auto next = (*store)->append(some_append("target/a", id + 1000));
        const bool is_closed = !next && next.error().reason == "ledger-closed" &&
                               next.error().detail.find("File too large") != std::string::npos &&
                               (*store)->head().error().reason == "ledger-closed";
        _exit(is_in_doubt && is_closed ? 10 : 11);
    }
    _exit(12);
}

}  // namespace

TEST_CASE("the child of a crash test", "[.]") {
    const char* const ledger = std::getenv(child_ledger);
    const char* const work = std::getenv(child_work);
    if (ledger == nullptr || work == nullptr) return;
    if (std::string_view{work} == "be-killed") be_killed(ledger);
    if (std::string_view{work} == "fail-a-commit") fail_a_commit(ledger);
}

TEST_CASE("a writer killed at any moment has lost nothing that it acknowledged") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 10);
    std::mt19937 random{20261122};
    std::map<std::uint64_t, std::uint64_t> acknowledged;
    for (std::size_t round = 0; round < soak(20, 1'000); ++round) {
        const Appender child = start_child(scratch, "be-killed");
        Acknowledged said;
        bool is_first = true;
        std::thread killer;
        while (read(child.output, &said, sizeof said) == sizeof said) {
            acknowledged[said.position] = said.id;
            if (!std::exchange(is_first, false)) continue;
            killer = std::thread{[&child, delay = random() % 50] {
                std::this_thread::sleep_for(std::chrono::milliseconds{delay});
                kill(child.pid, SIGKILL);
            }};
        }
        REQUIRE(!is_first);
        killer.join();
        REQUIRE(WIFSIGNALED(end_child(child)));

        const auto reader = must(Reader::open(scratch.ledger()));
        const auto records = must(read_records(*reader, 0, 1'000'000));
        REQUIRE(records.size() == must(reader->head()).size);
        for (const auto& [position, id] : acknowledged) {
            REQUIRE(position < records.size());
            REQUIRE(records[position].id == numbered_uuid(id));
        }
        const auto verified = must(adapters::rocksdb::verify_in_child(scratch.ledger()));
        for (const auto& fault : verified.faults) FAIL_CHECK(fault.what << ": " << fault.detail);
        REQUIRE(verified.size == records.size());
    }
    must(Store::open(scratch.ledger(), clock));
}

TEST_CASE("a commit that failed is in doubt, closes the ledger, and is settled by repeating it") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 3);
    const int status = end_child(start_child(scratch, "fail-a-commit"));
    // librocksdb has its assertions on: it may abort in place of answering.
    CHECK(((WIFEXITED(status) && WEXITSTATUS(status) == 10) ||
           (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT)));
    CHECK(must(adapters::rocksdb::verify_in_child(scratch.ledger())).faults.empty());
    const auto store = must(Store::open(scratch.ledger(), clock));
    const std::uint64_t size = must(store->head()).size;
    for (std::uint64_t id = 100; id < 200; ++id) {
        const auto appended = must(store->append(some_append("target/a", id)));
        CHECK(appended.first_position == 3 + id - 100);
    }
    CHECK(must(store->head()).size == 103);
    CHECK(size < 103);
}

TEST_CASE("another process reads while this one writes, and cannot write") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 3);
    const Appender child = start_child(scratch, "be-killed");
    Acknowledged said;
    REQUIRE(read(child.output, &said, sizeof said) == sizeof said);
    const auto reader = must(Reader::open(scratch.ledger()));
    CHECK(must(reader->head()).size > said.position);
    const auto locked =
        error_of(Store::open(scratch.ledger(), clock, {.lock_wait = std::chrono::milliseconds{0}}));
    CHECK(locked.reason == "ledger-locked");
    CHECK(locked.detail.find("pid " + std::to_string(child.pid)) != std::string::npos);
    kill(child.pid, SIGKILL);
    end_child(child);
    must(Store::open(scratch.ledger(), clock));
}
