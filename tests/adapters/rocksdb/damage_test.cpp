// What the store is for: whatever happens to its files, it never answers less than it acknowledged.
#include "adapters/rocksdb/child.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/store.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

using adapters::rocksdb::Reader;
using adapters::rocksdb::Store;
using adapters::rocksdb::verify_in_child;
using namespace tests;

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t event_count = 24;

// Tables and a log, each with events in it.
void fill_twice(const Scratch& scratch, ledger::Clock& clock) {
    fill(scratch, clock, 16);
    const auto store = must(Store::open(scratch.ledger(), clock));
    for (std::uint64_t id = 1; id <= event_count - 16; ++id)
        must(store->append(some_append("target/a", id)));
}

fs::path copy_of(const Scratch& scratch) {
    const fs::path copy = scratch.folder() / "copy";
    fs::remove_all(copy);
    fs::copy(scratch.ledger(), copy, fs::copy_options::recursive);
    return copy;
}

fs::path manifest_in(const fs::path& ledger) {
    for (const auto& entry : fs::directory_iterator{ledger / "events"})
        if (entry.path().filename().string().starts_with("MANIFEST")) return entry.path();
    FAIL("there is no MANIFEST");
    return {};
}

std::size_t table_count(const fs::path& ledger) {
    return files_in(ledger / "events", ".sst").size();
}

// Refused with its tables left alone, or found, or harmless: every event is there as it was.
void check_never_less(const fs::path& ledger, const ledger::Head& head) {
    StepClock clock;
    const std::size_t tables = table_count(ledger);
    const auto verified = must(verify_in_child(ledger));
    CHECK(table_count(ledger) == tables);
    const bool is_found = !verified.faults.empty();
    if (!is_found) CHECK(verified.root == head.root);
    const auto store = Store::open(ledger, clock);
    if (!store) {
        CHECK(store.error().code == ledger::Code::corrupt);
        CHECK(is_found);
        CHECK(table_count(ledger) == tables);
    } else {
        CHECK(must((*store)->head()).size == head.size);
        if (!is_found) CHECK(must((*store)->head()) == head);
    }
}

}  // namespace

TEST_CASE("a ledger that ends before its anchor is refused and says what is missing") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 5);
    const fs::path old = scratch.folder() / "old";
    fs::copy(scratch.ledger() / "events", old, fs::copy_options::recursive);
    {
        const auto store = must(Store::open(scratch.ledger(), clock));
        for (std::uint64_t id = 1; id <= 3; ++id) must(store->append(some_append("target/a", id)));
    }
    fs::remove_all(scratch.ledger() / "events");
    fs::copy(old, scratch.ledger() / "events", fs::copy_options::recursive);

    for (const auto& error : {error_of(Store::open(scratch.ledger(), clock)),
                              error_of(Reader::open(scratch.ledger()))}) {
        CHECK(error.code == ledger::Code::corrupt);
        CHECK(error.reason == "ledger-behind-anchor");
        CHECK(error.detail.find("positions 5 to 7 are missing") != std::string::npos);
    }
    const auto verified = must(verify_in_child(scratch.ledger()));
    REQUIRE(verified.faults.size() == 1);
    CHECK(verified.faults[0].what == "tail-cut");
    CHECK(verified.faults[0].position == 5);
}

TEST_CASE("another history of the same length is refused") {
    const Scratch scratch;
    const Scratch other;
    StepClock clock;
    fill(scratch, clock, 5);
    fill(other, clock, 5);
    fs::remove_all(scratch.ledger() / "events");
    fs::copy(other.ledger() / "events", scratch.ledger() / "events", fs::copy_options::recursive);
    const auto error = error_of(Store::open(scratch.ledger(), clock));
    CHECK(error.reason == "ledger-behind-anchor");
    CHECK(error.detail.find("another history") != std::string::npos);
    const auto verified = must(verify_in_child(scratch.ledger()));
    REQUIRE(verified.faults.size() == 1);
    CHECK(verified.faults[0].what == "anchor-disagrees");
}

TEST_CASE(
    "a ledger that is ahead of its anchor is opened, and its anchor follows with the first write") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 5);
    const std::string anchor = slurp(scratch.ledger() / "anchor");
    must(must(Store::open(scratch.ledger(), clock))->append(some_append("target/a", 1)));
    spill(scratch.ledger() / "anchor", anchor);
    CHECK(must(must(Reader::open(scratch.ledger()))->head()).size == 6);
    const auto store = must(Store::open(scratch.ledger(), clock));
    CHECK(must(store->head()).size == 6);
    CHECK(slurp(scratch.ledger() / "anchor") == anchor);
    must(store->open_for_writing());
    CHECK(slurp(scratch.ledger() / "anchor") != anchor);
}

TEST_CASE(
    "an anchor that is gone, or of which no slot is whole, is refused; one torn slot is not") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 5);
    const std::string anchor = slurp(scratch.ledger() / "anchor");
    REQUIRE(anchor.size() == 8192);
    for (const std::size_t offset : {std::size_t{40}, std::size_t{4096 + 40}}) {
        std::string changed = anchor;
        changed[offset] = static_cast<char>(changed[offset] ^ 1);
        spill(scratch.ledger() / "anchor", changed);
        CHECK(must(must(Store::open(scratch.ledger(), clock))->head()).size == 5);
        CHECK(must(verify_in_child(scratch.ledger())).faults.empty());
    }
    std::string torn = anchor;
    for (const std::size_t offset : {std::size_t{40}, std::size_t{4096 + 40}})
        torn.replace(offset, 20, 20, '\0');
    for (const std::string& damaged : {torn, std::string(8192, '\0'), std::string{}}) {
        spill(scratch.ledger() / "anchor", damaged);
        const auto error = error_of(Store::open(scratch.ledger(), clock));
        CHECK(error.code == ledger::Code::corrupt);
        CHECK(error.reason == "anchor-damaged");
        CHECK(error_of(Reader::open(scratch.ledger())).reason == "anchor-damaged");
        CHECK(must(verify_in_child(scratch.ledger())).faults.at(0).what == "anchor-disagrees");
    }
    fs::remove(scratch.ledger() / "anchor");
    const auto missing = error_of(Store::open(scratch.ledger(), clock));
    CHECK(missing.reason == "anchor-missing");
    CHECK(!missing.help.empty());
    CHECK(error_of(Reader::open(scratch.ledger())).reason == "anchor-missing");
    CHECK(must(verify_in_child(scratch.ledger())).faults.at(0).what == "anchor-disagrees");
}

TEST_CASE("an anchor of another ledger is refused") {
    const Scratch scratch;
    const Scratch other;
    StepClock clock;
    fill(scratch, clock, 5);
    must(Store::create(other.ledger(), clock, {numbered_uuid(9), {}, {}}));
    spill(scratch.ledger() / "anchor", slurp(other.ledger() / "anchor"));
    for (const auto& error : {error_of(Store::open(scratch.ledger(), clock)),
                              error_of(Reader::open(scratch.ledger()))}) {
        CHECK(error.reason == "ledger-behind-anchor");
        CHECK(error.detail == "its anchor is that of another ledger");
    }
    CHECK(must(verify_in_child(scratch.ledger())).faults.at(0).what == "anchor-disagrees");
}

TEST_CASE("a flipped bit in the anchor never makes a smaller ledger") {
    const Scratch scratch;
    StepClock clock;
    fill_twice(scratch, clock);
    const ledger::Head head = must(must(Reader::open(scratch.ledger()))->head());
    const std::string bytes = slurp(scratch.ledger() / "anchor");
    std::mt19937 random{20261122};
    for (std::size_t flip = 0; flip < soak(8, 800); ++flip) {
        const std::size_t offset = random() % 2 * 4096 + random() % 112;
        CAPTURE(offset);
        const fs::path copy = copy_of(scratch);
        std::string changed = bytes;
        changed[offset] = static_cast<char>(changed[offset] ^ (1 << random() % 8));
        spill(copy / "anchor", changed);
        check_never_less(copy, head);
    }
}

TEST_CASE("a MANIFEST or CURRENT that is cut, empty or gone is refused, and no table is deleted") {
    const Scratch scratch;
    StepClock clock;
    fill_twice(scratch, clock);
    const ledger::Head head = must(must(Reader::open(scratch.ledger()))->head());
    for (const auto& entry : fs::directory_iterator{scratch.ledger() / "events"}) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with("MANIFEST") && name != "CURRENT") continue;
        const std::string bytes = slurp(entry.path());
        for (const std::size_t part : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) {
            CAPTURE(name, part);
            const fs::path copy = copy_of(scratch);
            spill(copy / "events" / name, bytes.substr(0, bytes.size() * part / 3));
            check_never_less(copy, head);
        }
        const fs::path copy = copy_of(scratch);
        const std::size_t tables = table_count(copy);
        fs::remove(copy / "events" / name);
        CHECK(error_of(Store::open(copy, clock)).reason == "ledger-damaged");
        CHECK(error_of(Reader::open(copy)).reason == "ledger-damaged");
        CHECK(table_count(copy) == tables);
    }
}

// A power cut may leave them where the file had grown and nothing was synced yet.
TEST_CASE("a MANIFEST that ends in zeros is whole or refused, and no table is deleted") {
    const Scratch scratch;
    StepClock clock;
    fill_twice(scratch, clock);
    const ledger::Head head = must(must(Reader::open(scratch.ledger()))->head());
    const fs::path manifest = manifest_in(scratch.ledger());
    const std::string bytes = slurp(manifest);
    for (const std::size_t count : {1, 6, 7, 300, 40'000}) {
        CAPTURE(count);
        const fs::path copy = copy_of(scratch);
        spill(copy / "events" / manifest.filename(), bytes + std::string(count, '\0'));
        CHECK(must(verify_in_child(copy)).faults.empty());
        CHECK(must(must(Store::open(copy, clock))->head()) == head);
    }
    std::size_t refused_count = 0;
    const std::size_t step = 1 + bytes.size() / soak(12, 400);
    for (std::size_t count = 1; count <= bytes.size(); count += step) {
        CAPTURE(count);
        const fs::path copy = copy_of(scratch);
        std::string zeroed = bytes;
        std::fill(zeroed.end() - static_cast<std::ptrdiff_t>(count), zeroed.end(), '\0');
        spill(copy / "events" / manifest.filename(), zeroed);
        check_never_less(copy, head);
        if (!Store::open(copy, clock)) ++refused_count;
    }
    CHECK(refused_count > 0);
}

TEST_CASE("a ledger of somebody else is not damaged: it says that it cannot be read") {
    if (getuid() != 0) return;  // who may become somebody else
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 3);
    fs::permissions(scratch.folder(), fs::perms::all);
    const pid_t child = fork();
    if (child == 0) {
        adapters::rocksdb::leave_stacks_of_the_parent();
        const bool is_other = setgid(65534) == 0 && setuid(65534) == 0;
        StepClock other;
        const auto store = Store::open(scratch.ledger(), other);
        const auto reader = Reader::open(scratch.ledger());
        const bool is_right = is_other && !store && !reader &&
                              store.error().reason == "ledger-unreachable" &&
                              reader.error().reason == "ledger-unreachable";
        _exit(is_right ? 0 : 1);
    }
    int status = -1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
    CHECK(must(verify_in_child(scratch.ledger())).faults.empty());
}

TEST_CASE("a ledger without its events folder is damaged, not missing") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 2);
    fs::remove_all(scratch.ledger() / "events");
    CHECK(error_of(Store::open(scratch.ledger(), clock)).reason == "ledger-damaged");
    CHECK(error_of(Reader::open(scratch.ledger())).reason == "ledger-damaged");
    CHECK(must(verify_in_child(scratch.ledger())).faults.at(0).what == "store-damaged");
}

TEST_CASE("a flipped bit in any file is refused, found, or harmless: never fewer events") {
    const Scratch scratch;
    StepClock clock;
    fill_twice(scratch, clock);
    const ledger::Head head = must(must(Reader::open(scratch.ledger()))->head());
    REQUIRE(head.size == event_count);
    std::mt19937 random{20261122};
    for (const auto& entry : fs::directory_iterator{scratch.ledger() / "events"}) {
        const std::string name = entry.path().filename().string();
        const std::string bytes = slurp(entry.path());
        const bool is_data = name.ends_with(".log") || name.ends_with(".sst") ||
                             name.starts_with("MANIFEST") || name == "CURRENT";
        if (!is_data || bytes.empty()) continue;
        const std::size_t flips = name.ends_with(".sst") ? soak(2, 100) : soak(12, 400);
        for (std::size_t flip = 0; flip < flips; ++flip) {
            const std::size_t offset = random() % bytes.size();
            const unsigned bit = random() % 8;
            CAPTURE(name, offset, bit);
            const fs::path copy = copy_of(scratch);
            std::string changed = bytes;
            changed[offset] =
                static_cast<char>(static_cast<unsigned char>(changed[offset]) ^ (1U << bit));
            spill(copy / "events" / name, changed);
            check_never_less(copy, head);
        }
    }
}

TEST_CASE("a log cut anywhere is refused exactly where acknowledged events are gone") {
    const Scratch scratch;
    StepClock clock;
    fill_twice(scratch, clock);
    const ledger::Head head = must(must(Reader::open(scratch.ledger()))->head());
    for (const fs::path& log : files_in(scratch.ledger() / "events", ".log")) {
        const std::string bytes = slurp(log);
        const std::size_t step = soak(1 + bytes.size() / 20, 1);
        for (std::size_t length = bytes.size(); length + step > step;
             length -= std::min(length, step)) {
            CAPTURE(log.filename().string(), length);
            const fs::path copy = copy_of(scratch);
            spill(copy / "events" / log.filename(), bytes.substr(0, length));
            const auto store = Store::open(copy, clock);
            if (length == bytes.size()) {
                CHECK(must((*store)->head()) == head);
            } else {
                CHECK(error_of(store).reason == "ledger-behind-anchor");
                CHECK(must(verify_in_child(copy)).faults.at(0).what == "tail-cut");
            }
            if (length == 0) break;
        }
    }
}
