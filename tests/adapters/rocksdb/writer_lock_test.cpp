#include "adapters/rocksdb/writer_lock.hpp"

#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>

#include <thread>

namespace writer_lock_test {
namespace {

using namespace tests;
using adapters::rocksdb::lock_holder;
using adapters::rocksdb::WriterLock;

constexpr std::int64_t one_second_us = 1'000'000;

std::unique_ptr<WriterLock> take(const std::filesystem::path& file, const std::string& command,
                                 std::int64_t now_us) {
    return must(WriterLock::take(file, std::chrono::milliseconds{0}, command, now_us));
}

}  // namespace

TEST_CASE("the lock's file says who holds it, and nothing of a holder before with a longer name") {
    const Scratch scratch;
    const auto file = scratch.folder() / "writer.lock";
    take(file, "varve export evidence of a very long name", one_second_us).reset();
    CHECK(!lock_holder(file));
    const auto held = take(file, "varve run", 2 * one_second_us + 34);
    const auto holder = lock_holder(file);
    REQUIRE(holder);
    CHECK(holder->command == "varve run");
    CHECK(holder->since_us == 2 * one_second_us + 34);
    CHECK(error_of(WriterLock::take(file, std::chrono::milliseconds{0}, "another", 0))
              .detail.ends_with("varve run, since 1970-01-01T00:00:02.000034Z"));
}

TEST_CASE("who has waited for the lock holds it since the wait was over") {
    const Scratch scratch;
    const auto file = scratch.folder() / "writer.lock";
    auto first = take(file, "varve run", one_second_us);
    constexpr std::chrono::milliseconds wait{100};
    std::thread ending{[&] {
        std::this_thread::sleep_for(wait);
        first.reset();
    }};
    const auto held =
        must(WriterLock::take(file, std::chrono::seconds{60}, "varve run", one_second_us));
    ending.join();
    const auto holder = lock_holder(file);
    REQUIRE(holder);
    CHECK(holder->since_us >= one_second_us + std::chrono::microseconds{wait}.count() / 2);
}

TEST_CASE("a lock's file in whole seconds, as it was written before, is read as well") {
    const Scratch scratch;
    const auto file = scratch.folder() / "writer.lock";
    const auto held = take(file, "varve run", one_second_us);
    std::ofstream{file} << "pid 12, varve run, since 1970-01-01T00:00:03Z";
    const auto holder = lock_holder(file);
    REQUIRE(holder);
    CHECK(holder->since_us == 3 * one_second_us);
}

TEST_CASE("a lock's file that is not ours to read says nothing of its holder") {
    const Scratch scratch;
    const auto file = scratch.folder() / "writer.lock";
    const auto held = take(file, "varve run", one_second_us);
    std::ofstream{file} << "   ";
    CHECK(!lock_holder(file));
    CHECK(error_of(WriterLock::take(file, std::chrono::milliseconds{0}, "another", 0))
              .detail.ends_with("being written by someone"));
}

TEST_CASE("where the locks' files were removed, a second writer is kept out all the same") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 3);
    const auto first = must(adapters::rocksdb::Store::open(scratch.ledger(), clock));
    must(first->open_for_writing());
    std::filesystem::remove(scratch.ledger() / "writer.lock");
    std::filesystem::remove(scratch.ledger() / "events/LOCK");
    CHECK(error_of(adapters::rocksdb::Store::open(scratch.ledger(), clock)).reason ==
          "ledger-locked");
}

}  // namespace writer_lock_test
