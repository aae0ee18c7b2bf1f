// Changes through RocksDB's own interface, as somebody with the right tools would make them.
#include "adapters/rocksdb/content_row.hpp"
#include "adapters/rocksdb/store.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"
#include "tests/adapters/rocksdb/tampered.hpp"

#include <catch2/catch.hpp>

#include <random>

using adapters::rocksdb::Family;
using adapters::rocksdb::family_names;
using adapters::rocksdb::KeyValue;
using adapters::rocksdb::number_of;
using adapters::rocksdb::Store;
using adapters::rocksdb::Verification;
using namespace tests;

namespace {

void fill_with_tile(const Scratch& scratch, ledger::Clock& clock) {
    const auto store = new_ledger(scratch, clock);
    for (std::uint64_t id = 0; id < 240; id += 60)
        must(store->append(some_append("target/a", id, 60)));
    for (std::uint64_t id = 240; id < 280; ++id)
        must(store->append(some_append("target/" + std::to_string(id % 3), id, 1)));
    must(store->append(some_append("target/b", 280, 9)));
    add_key(*store);
    sign(*store, 250);
}

}  // namespace

TEST_CASE("a changed event is found and named, wherever it is and whatever was changed") {
    const Scratch scratch;
    StepClock clock;
    fill_with_tile(scratch, clock);
    Tampered ledger{scratch};
    REQUIRE(ledger.verify().faults.empty());
    std::mt19937 random{20261122};
    const auto rows = ledger.rows(Family::events);
    REQUIRE(rows.size() == 291);
    for (std::size_t index = 0; index < rows.size(); index += soak(23, 1)) {
        const KeyValue& row = rows[index];
        const std::size_t offset = random() % row.value.size();
        CAPTURE(index, offset, row.value);
        ledger.put(Family::events, row.key, flipped(row.value, offset, random() % 8));
        const Verification verified = ledger.verify();
        REQUIRE(!verified.faults.empty());
        CHECK(verified.faults[0].position == index);
        // A flipped bit of its id makes it another event.
        const std::string& what = verified.faults[0].what;
        CHECK((what == "event-changed" || what == "event-replaced"));
        CHECK(verified.fault_count <= 2);  // a digest it names may look missing
        ledger.put(Family::events, row.key, row.value);
    }
    CHECK(ledger.verify().faults.empty());
}

TEST_CASE("a changed row of any family is found") {
    const Scratch scratch;
    StepClock clock;
    fill_with_tile(scratch, clock);
    Tampered ledger{scratch};
    std::mt19937 random{20261122};
    for (std::size_t number = 0; number < family_names.size(); ++number) {
        const auto family = static_cast<Family>(number);
        const auto rows = ledger.rows(family);
        REQUIRE(!rows.empty());
        const std::size_t step = 1 + rows.size() / soak(4, 300);
        for (std::size_t index = 0; index < rows.size(); index += step) {
            const KeyValue& row = rows[index];
            const std::string changed =
                flipped(row.value, random() % row.value.size(), random() % 8);
            CAPTURE(family_names[number], index, ledger::hex(changed), ledger::hex(row.value));
            // A frame may hold bits that mean nothing.
            const bool is_same_content =
                family == Family::content &&
                adapters::rocksdb::unpack(changed) == adapters::rocksdb::unpack(row.value);
            if (is_same_content) continue;
            ledger.put(family, row.key, changed);
            CHECK(!ledger.verify().faults.empty());
            ledger.put(family, row.key, row.value);
        }
    }
    CHECK(ledger.verify().faults.empty());
}

TEST_CASE("a row that is gone, or that nobody wrote, is found in any family") {
    const Scratch scratch;
    StepClock clock;
    fill_with_tile(scratch, clock);
    Tampered ledger{scratch};
    for (std::size_t number = 0; number < family_names.size(); ++number) {
        const auto family = static_cast<Family>(number);
        const auto rows = ledger.rows(family);
        CAPTURE(family_names[number]);
        for (const std::size_t index : {std::size_t{0}, rows.size() / 2, rows.size() - 1}) {
            CAPTURE(index);
            ledger.erase(family, rows[index].key);
            const Verification verified = ledger.verify();
            CHECK(!verified.faults.empty());
            if (family == Family::events) {
                CHECK(verified.faults.at(0).position == index);
                CHECK(verified.faults.at(0).what ==
                      (index + 1 < rows.size() ? "event-missing" : "tail-cut"));
                CHECK(verified.fault_count == 1);
            }
            ledger.put(family, rows[index].key, rows[index].value);
        }
        if (family == Family::meta || family == Family::content) continue;
        std::string stray = rows.back().key;
        stray.back() = static_cast<char>(stray.back() + 7);
        ledger.put(family, stray, rows.back().value);
        CHECK(!ledger.verify().faults.empty());
        ledger.erase(family, stray);
    }
    CHECK(ledger.verify().faults.empty());
}

TEST_CASE("content that is gone is told with the event that names it") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 5);
    Tampered ledger{scratch};
    const auto bytes = some_append("target/0", 1003).contents[0].bytes;
    ledger.erase(Family::content, std::string{adapters::rocksdb::bytes_of(ledger::sha256(bytes))});
    const Verification verified = ledger.verify();
    REQUIRE(verified.faults.size() == 1);
    CHECK(verified.faults[0].position == 3);
    CHECK(verified.faults[0].what == "content-missing");
}

TEST_CASE("content with a tombstone that no event explains is found") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 5);
    Tampered ledger{scratch};
    const auto bytes = some_append("target/0", 1003).contents[0].bytes;
    ledger.put(Family::content, std::string{adapters::rocksdb::bytes_of(ledger::sha256(bytes))},
               std::string{adapters::rocksdb::tombstone});
    const Verification verified = ledger.verify();
    REQUIRE(verified.faults.size() == 1);
    CHECK(verified.faults[0].position == 3);
    CHECK(verified.faults[0].what == "content-missing");
    CHECK(verified.redacted_count == 0);
}

TEST_CASE("a history that was written again from one event on is found by its anchor") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 5);
    const std::string anchor = slurp(scratch.ledger() / "anchor");
    const Scratch other;
    fill(other, clock, 5);
    spill(other.ledger() / "anchor", anchor);
    const auto verified = must(adapters::rocksdb::verify(other.ledger()));
    REQUIRE(verified.faults.size() == 1);
    CHECK(verified.faults[0].what == "anchor-disagrees");
}

TEST_CASE("the end of the ledger cut off through the database is found") {
    const Scratch scratch;
    StepClock clock;
    fill(scratch, clock, 5);
    {
        Tampered ledger{scratch};
        for (const Family family : {Family::events, Family::commits})
            ledger.erase(family, ledger.rows(family).back().key);
        for (const Family family : {Family::ids, Family::streams})
            for (const KeyValue& row : ledger.rows(family))
                if (number_of(row.value.substr(0, 8)) == 4) ledger.erase(family, row.key);
        const Verification verified = ledger.verify();
        REQUIRE(verified.faults.size() == 1);
        CHECK(verified.faults[0].what == "tail-cut");
        CHECK(verified.faults[0].position == 4);
    }
    StepClock again;
    CHECK(error_of(Store::open(scratch.ledger(), again)).reason == "ledger-behind-anchor");
}
