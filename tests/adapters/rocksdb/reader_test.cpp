#include "adapters/rocksdb/reader.hpp"

#include "adapters/rocksdb/child.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>

#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using adapters::rocksdb::Reader;
using adapters::rocksdb::Store;
using namespace tests;

namespace fs = std::filesystem;

namespace {

std::vector<std::string> tree_of(const fs::path& folder) {
    std::vector<std::string> entries;
    for (const auto& entry : fs::recursive_directory_iterator{folder})
        if (entry.is_regular_file())
            entries.push_back(entry.path().string() + " " +
                              hex(ledger::sha256(slurp(entry.path()))));
    std::sort(entries.begin(), entries.end());
    return entries;
}

// Makes the folder a read-only mount of this process alone; false where that is not allowed.
bool make_read_only(const fs::path& folder) {
    constexpr long new_mount_namespace = 0x20000;  // CLONE_NEWNS
    const char* const path = folder.c_str();
    return syscall(SYS_unshare, new_mount_namespace) == 0 &&
           mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           mount(path, path, nullptr, MS_BIND, nullptr) == 0 &&
           mount(nullptr, path, nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) == 0;
}

}  // namespace

TEST_CASE("a reader sees what is acknowledged, beside the live writer and after it") {
    const Scratch scratch;
    StepClock clock;
    auto store = new_ledger(scratch, clock);
    for (std::uint64_t id = 1; id <= 20; ++id) {
        const auto appended = must(store->append(some_append("target/a", id)));
        const auto reader = must(Reader::open(scratch.ledger()));
        CHECK(must(reader->head()) == appended.head);
        CHECK(must(reader->lines(0, 100)).size() == id);
    }
    const auto old = must(Reader::open(scratch.ledger()));
    must(store->append(some_append("target/a", 21)));
    CHECK(must(old->head()).size == 20);
    CHECK(must(old->lines(0, 100)).size() == 20);
    store.reset();
    const auto reader = must(Reader::open(scratch.ledger()));
    CHECK(must(reader->head()).size == 21);
    CHECK(must(reader->stream_version("target/a")) == 21);
    CHECK(must(reader->root_at(21)) == must(reader->head()).root);
    const auto record = must(read_records(*reader, 3, 1)).front();
    const auto& event = std::get<ledger::AttemptStarted>(record.data);
    CHECK(must(reader->content(event.executed->digest))->find("CREATE TABLE t4") == 0);
}

TEST_CASE("readers see whole appends while a writer is at work") {
    const Scratch scratch;
    StepClock clock;
    const auto store = new_ledger(scratch, clock);
    std::atomic<bool> stop{false};
    std::thread writing{[&] {
        for (std::uint64_t id = 0; !stop; id += 5)
            if (!store->append(some_append("target/a", id, 5))) break;
    }};
    std::uint64_t last = 0;
    for (std::size_t round = 0; round < soak(15, 300); ++round) {
        const auto reader = Reader::open(scratch.ledger());
        CHECK(reader.has_value());
        if (!reader) break;
        const auto head = must((*reader)->head());
        CHECK(head.size % 5 == 0);
        CHECK(head.size >= last);
        CHECK(must((*reader)->root_at(head.size)) == head.root);
        last = head.size;
    }
    stop = true;
    writing.join();
}

TEST_CASE("reading and verifying change no byte of the ledger's folder") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 20);
    const auto before = tree_of(scratch.folder());
    must(must(Reader::open(scratch.ledger()))->head());
    CHECK(must(adapters::rocksdb::verify_in_child(scratch.ledger())).faults.empty());
    CHECK(tree_of(scratch.folder()) == before);
}

TEST_CASE("a ledger on a read-only file system can be read and verified, not written") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 20);
    const pid_t child = fork();
    if (child == 0) {
        adapters::rocksdb::leave_stacks_of_the_parent();
        if (!make_read_only(scratch.folder())) _exit(77);
        const auto reader = Reader::open(scratch.ledger());
        const auto store = Store::open(scratch.ledger(), clock);
        const auto verified = adapters::rocksdb::verify(scratch.ledger());
        const bool reads = reader && (*reader)->lines(0, 100)->size() == 20;
        const bool refuses = !store && store.error().reason == "ledger-unreachable";
        _exit((reads ? 0 : 1) + (refuses ? 0 : 2) + (verified && verified->faults.empty() ? 0 : 4));
    }
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) {
        WARN("skipped: this user may not mount");
        return;
    }
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a reader refuses what is not a ledger, with what to do") {
    const Scratch scratch;
    const auto missing = error_of(Reader::open(scratch.ledger()));
    CHECK(missing.reason == "ledger-missing");
    CHECK(missing.help.find("varve init") != std::string::npos);
    CHECK(error_of(Reader::open(scratch.folder())).reason == "not-a-ledger");
}
