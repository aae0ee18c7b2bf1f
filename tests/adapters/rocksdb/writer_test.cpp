#include "adapters/rocksdb/store.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdint>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace tests;

namespace {

// Tells which thread commits: that is who asks for the time.
class WhoAsks final : public ledger::Clock {
public:
    std::int64_t now_us() override {
        asked_by_ = std::this_thread::get_id();
        return steps_.now_us();
    }
    [[nodiscard]] std::thread::id asked_by() const { return asked_by_; }

private:
    StepClock steps_;
    std::atomic<std::thread::id> asked_by_;
};

// What is submitted and what is appended, in turn, all of one stream and in order.
void append_in_turn(adapters::rocksdb::Store& store, std::uint64_t thread, std::uint64_t count,
                    std::atomic<std::uint64_t>& appended) {
    const std::string stream = "target/" + std::to_string(thread);
    std::future<ledger::Result<ledger::Appended>> before;
    for (std::uint64_t number = 1; number <= count; ++number) {
        auto append = some_append(stream, thread * 1'000'000 + number);
        append.expectations.push_back({stream, number - 1});
        if (number % 3 == 1) {
            before = store.submit(std::move(append));
            continue;
        }
        if (!store.append(std::move(append))) return;
        if (before.valid() && !before.get()) return;
        before = {};
        appended = number;
    }
    if (before.valid() && before.get()) appended = count;
}

}  // namespace

TEST_CASE("an append that is alone is committed by the thread that makes it") {
    const Scratch scratch;
    WhoAsks clock;
    const auto store = new_ledger(scratch, clock);
    must(store->append(some_append("target/a", 1)));
    CHECK(clock.asked_by() == std::this_thread::get_id());
    must(store->submit(some_append("target/a", 2)).get());
    CHECK(clock.asked_by() != std::this_thread::get_id());
    // The other thread's turn may end a little after its answer.
    std::uint64_t id = 3;
    do must(store->append(some_append("target/a", id)));
    while (clock.asked_by() != std::this_thread::get_id() && ++id < 1'000);
    CHECK(clock.asked_by() == std::this_thread::get_id());
}

TEST_CASE("a thread's appends keep their order, whoever commits them") {
    constexpr std::uint64_t threads_count = 6;
    const std::uint64_t each = soak(60, 3'000);
    const Scratch scratch;
    StepClock clock;
    std::vector<std::atomic<std::uint64_t>> appended(threads_count);
    {
        const auto store = new_ledger(scratch, clock);
        std::vector<std::thread> threads;
        for (std::uint64_t number = 0; number < threads_count; ++number)
            threads.emplace_back(
                [&, number] { append_in_turn(*store, number, each, appended.at(number)); });
        for (std::thread& thread : threads) thread.join();
        CHECK(must(store->head()).size == threads_count * each);
    }
    for (const auto& count : appended) CHECK(count == each);
    CHECK(must(adapters::rocksdb::verify_in_child(scratch.ledger())).faults.empty());
}
