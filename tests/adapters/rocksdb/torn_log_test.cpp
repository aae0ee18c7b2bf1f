// A power cut in an append: the log has grown, and its end is zeros.
#include "adapters/rocksdb/torn_log.hpp"

#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/store.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using adapters::rocksdb::ends_in_zeros;
using adapters::rocksdb::events_of;
using adapters::rocksdb::Reader;
using adapters::rocksdb::Store;
using namespace tests;

namespace fs = std::filesystem;

namespace {

// A log with appends in it, the last one of them not yet in the anchor.
class Cut {
public:
    explicit Cut(std::size_t events_of_last) {
        fill(scratch_, clock_, 8);
        const auto store = must(Store::open(scratch_.ledger(), clock_));
        for (std::uint64_t id = 1; id <= 3; ++id) must(store->append(some_append("target/a", id)));
        before_ = must(store->head());
        anchor_ = slurp(scratch_.ledger() / "anchor");
        synced_bytes_ = fs::file_size(log());
        must(store->append(some_append("target/a", 100, events_of_last)));
        whole_ = slurp(log());
        whole_anchor_ = slurp(scratch_.ledger() / "anchor");
        fs::copy(scratch_.ledger(), copy(), fs::copy_options::recursive);
    }
    [[nodiscard]] fs::path log() const {
        return files_in(events_of(scratch_.ledger()), ".log").back();
    }
    [[nodiscard]] fs::path copy() const { return scratch_.folder() / "cut"; }
    [[nodiscard]] const std::string& whole() const { return whole_; }
    [[nodiscard]] const std::string& whole_anchor() const { return whole_anchor_; }
    [[nodiscard]] const ledger::Head& before() const { return before_; }
    [[nodiscard]] std::size_t record_bytes() const { return whole_.size() - synced_bytes_; }

    // The ledger as it was before the append, but for its log.
    void leave(const std::string& log_bytes) {
        fs::remove_all(copy());
        fs::copy(scratch_.ledger(), copy(), fs::copy_options::recursive);
        spill(copy() / "anchor", anchor_);
        spill(events_of(copy()) / log().filename(), log_bytes);
    }
    [[nodiscard]] std::string zeroed(std::size_t count) const {
        return whole_.substr(0, whole_.size() - count) + std::string(count, '\0');
    }
    ledger::Clock& clock() { return clock_; }

private:
    Scratch scratch_;
    StepClock clock_;
    ledger::Head before_;
    std::string anchor_;
    std::string whole_;
    std::string whole_anchor_;
    std::uint64_t synced_bytes_{};
};

void check_opens_without_last(Cut& cut) {
    const auto verified = must(adapters::rocksdb::verify_in_child(cut.copy()));
    for (const auto& fault : verified.faults) FAIL_CHECK(fault.what << ": " << fault.detail);
    CHECK(verified.root == cut.before().root);
    CHECK(must(must(Reader::open(cut.copy()))->head()) == cut.before());
    {
        const auto store = must(Store::open(cut.copy(), cut.clock()));
        CHECK(must(store->head()) == cut.before());
        must(store->append(some_append("target/a", 100)));
    }
    CHECK(must(adapters::rocksdb::verify_in_child(cut.copy())).size == cut.before().size + 1);
}

}  // namespace

TEST_CASE("a log that ends in the zeros of an unsynced record is opened without that record") {
    for (const std::size_t events : {std::size_t{1}, std::size_t{60}}) {  // 60: over several blocks
        Cut cut{events};
        const std::size_t step = 1 + cut.record_bytes() / soak(6, 300);
        for (std::size_t count = 1; count <= cut.record_bytes(); count += step) {
            CAPTURE(events, count);
            cut.leave(cut.zeroed(count));
            check_opens_without_last(cut);
            cut.leave(cut.zeroed(count) + std::string(5'000, '\0'));
            check_opens_without_last(cut);
        }
    }
}

TEST_CASE("a torn log that outlasts the next opening is in nobody's way") {
    Cut cut{1};
    const std::string torn = cut.zeroed(cut.record_bytes() / 2);
    cut.leave(torn);
    must(must(Store::open(cut.copy(), cut.clock()))->append(some_append("target/a", 200)));
    const ledger::Head head = must(must(Reader::open(cut.copy()))->head());
    REQUIRE(head.size == cut.before().size + 1);
    const fs::path log = events_of(cut.copy()) / cut.log().filename();
    REQUIRE(!fs::exists(log));
    for (const std::string& bytes : {torn, torn.substr(0, torn.size() - 5)}) {
        spill(log, bytes);
        CHECK(must(must(Reader::open(cut.copy()))->head()) == head);
        CHECK(must(adapters::rocksdb::verify_in_child(cut.copy())).faults.empty());
        CHECK(must(must(Store::open(cut.copy(), cut.clock()))->head()) == head);
    }
}

TEST_CASE("a log that ends in zeros is refused where its anchor knows of more") {
    Cut cut{1};
    for (const std::size_t count : {std::size_t{2}, cut.record_bytes() / 2}) {
        cut.leave(cut.zeroed(count));
        spill(cut.copy() / "anchor", cut.whole_anchor());
        const auto error = error_of(Store::open(cut.copy(), cut.clock()));
        CHECK(error.reason == "ledger-behind-anchor");
        CHECK(error_of(Reader::open(cut.copy())).reason == "ledger-behind-anchor");
    }
}

TEST_CASE("a flipped bit is never taken for a power cut, with or without zeros behind it") {
    Cut cut{3};
    const std::size_t size = cut.whole().size();
    const std::size_t step = 1 + size / soak(20, 1'000);
    for (std::size_t offset = 0; offset < size; offset += step) {
        for (const std::size_t zeros : {0, 1, 300}) {
            CAPTURE(offset, zeros);
            std::string changed = cut.whole() + std::string(zeros, '\0');
            changed[offset] = static_cast<char>(changed[offset] ^ (1 << offset % 8));
            cut.leave(changed);
            CHECK_FALSE(ends_in_zeros(events_of(cut.copy())));
        }
        const std::size_t last = cut.record_bytes();
        if (offset >= size - last) continue;
        std::string both = cut.zeroed(last / 2);
        both[offset] = static_cast<char>(both[offset] ^ 4);
        cut.leave(both);
        CHECK_FALSE(ends_in_zeros(events_of(cut.copy())));
    }
    cut.leave(cut.whole());
    CHECK_FALSE(ends_in_zeros(events_of(cut.copy())));
}
