#include "projections/past.hpp"

#include "projections/engine.hpp"
#include "projections/memory_rows.hpp"
#include "projections/row_key.hpp"
#include "projections/rows.hpp"
#include "tests/projections/target_history.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace past_test {

using namespace projections;
using namespace tests;

namespace {

// One row that follows every event, one of the even ones alone, and one that comes and goes.
void apply(Rows& rows, const ledger::Record& record) {
    const std::string number = std::to_string(record.position);
    rows.put("newest|", number);
    if (record.position % 2 == 0) rows.put("even|", number);
    if (record.position == 4) rows.put("passing|", number);
    if (record.position == 7) rows.erase("passing|");
}

constexpr Projection followed{"followed", 1, apply, 3};
constexpr Projection not_kept{"followed", 1, apply};

RecordedLedger recorded(std::size_t events) {
    RecordedLedger ledger;
    TargetHistory history(ledger, "production");
    for (std::size_t i = 0; i < events; ++i) history.known();
    return ledger;
}

std::vector<Row> rows_at(const MemoryRows& rows, std::uint64_t moment) {
    return *PastRows(rows, followed, moment).scan("followed/1/");
}

}  // namespace

TEST_CASE("moments are every so many events, and none where the past is not kept") {
    CHECK(moment_before(followed, 2) == 0);
    CHECK(moment_before(followed, 3) == 3);
    CHECK(moment_before(followed, 8) == 6);
    CHECK_FALSE(is_moment(followed, 0));
    CHECK(is_moment(followed, 6));
    CHECK_FALSE(is_moment(followed, 7));
    CHECK(moment_before(not_kept, 8) == 0);
    CHECK_FALSE(is_moment(not_kept, 6));
}

TEST_CASE("rows at a moment are what they were then, whatever came later") {
    MemoryRows rows;
    REQUIRE(catch_up(recorded(10), rows, followed));
    CHECK(rows_at(rows, 3) ==
          std::vector<Row>{{"followed/1/even|", "2"}, {"followed/1/newest|", "2"}});
    CHECK(rows_at(rows, 6) == std::vector<Row>{{"followed/1/even|", "4"},
                                               {"followed/1/newest|", "5"},
                                               {"followed/1/passing|", "4"}});
    CHECK(rows_at(rows, 9) ==
          std::vector<Row>{{"followed/1/even|", "8"}, {"followed/1/newest|", "8"}});
    const PastRows past(rows, followed, 6);
    CHECK(*past.get("followed/1/passing|") == "4");
    CHECK(*past.get("followed/1/newest|") == "5");
    CHECK(*past.get("followed/1/never|") == std::nullopt);
    CHECK(*past.scan("followed/1/p") == std::vector<Row>{{"followed/1/passing|", "4"}});
    CHECK(*past.get("other/1/row") == std::nullopt);
    CHECK(past.scan("other/1/")->empty());
}

TEST_CASE("an image is kept for what changed between two moments, and for nothing else") {
    MemoryRows rows;
    REQUIRE(catch_up(recorded(10), rows, followed));
    // `even` is as it was at 9; `passing` was not there at 3, and was at 6.
    const std::string prefix = image_prefix(followed);
    std::vector<std::string> keys;
    const std::vector<Row> images = *rows.scan(prefix);
    for (const Row& row : images) keys.push_back(row.key.substr(prefix.size()));
    CHECK(keys == std::vector<std::string>{"even|" + big_endian(3), "even|" + big_endian(6),
                                           "newest|" + big_endian(3), "newest|" + big_endian(6),
                                           "newest|" + big_endian(9), "passing|" + big_endian(3),
                                           "passing|" + big_endian(6)});
    CHECK(rows.scan(moments_prefix(followed))->size() == 3);
}

TEST_CASE("a row that is again what it was at the moment has no image of it") {
    const auto there_and_back = [](Rows& batch, const ledger::Record& record) {
        batch.put("flag|", record.position == 4 ? "up" : "down");
    };
    const Projection flag{"flag", 1, there_and_back, 3};
    RecordedLedger ledger = recorded(5);
    MemoryRows rows;
    REQUIRE(catch_up(ledger, rows, flag));
    CHECK(rows.scan(image_prefix(flag))->size() == 1);
    TargetHistory(ledger, "production").known();
    REQUIRE(catch_up(ledger, rows, flag));
    CHECK(rows.scan(image_prefix(flag))->empty());
    CHECK(check(ledger, rows, flag)->equal());
}

TEST_CASE("rebuilding and a new version take the past away with the rows") {
    const RecordedLedger ledger = recorded(10);
    MemoryRows rows;
    REQUIRE(catch_up(ledger, rows, followed));
    REQUIRE(rows.write({{image_prefix(followed) + "stray|" + big_endian(3), "-"},
                        {moment_key(followed, 300), "stray"}}));
    REQUIRE(rebuild(ledger, rows, followed));
    CHECK(rows == *fold_to(ledger, followed, 10));
    const Projection next{"followed", 2, apply, 3};
    REQUIRE(catch_up(ledger, rows, next));
    CHECK(rows == *fold_to(ledger, next, 10));
}

TEST_CASE("check says of which moment the past is kept otherwise than the events give") {
    const RecordedLedger ledger = recorded(10);
    MemoryRows rows;
    REQUIRE(catch_up(ledger, rows, followed));
    CHECK(check(ledger, rows, followed)->equal());

    MemoryRows changed = rows;
    REQUIRE(changed.write({{image_prefix(followed) + "even|" + big_endian(6), "=3"}}));
    CHECK(check(ledger, changed, followed)->different_moments == std::vector<std::uint64_t>{6});
    CHECK_FALSE(check(ledger, changed, followed)->equal());
    CHECK(check(ledger, changed, followed)->different_keys.empty());

    MemoryRows missing = rows;
    REQUIRE(missing.write({{moment_key(followed, 9), std::nullopt},
                           {image_prefix(followed) + "even|" + big_endian(3), std::nullopt}}));
    CHECK(check(ledger, missing, followed)->different_moments == std::vector<std::uint64_t>{3, 9});
}

TEST_CASE("what rows were cannot be written, and an image of neither kind is unreadable") {
    MemoryRows rows;
    REQUIRE(catch_up(recorded(10), rows, followed));
    PastRows past(rows, followed, 3);
    CHECK(past.write({}).error().reason == "rows-unavailable");
    REQUIRE(rows.write({{image_prefix(followed) + "even|" + big_endian(3), "?2"}}));
    CHECK(past.get("followed/1/even|").error().reason == "row-unreadable");
    CHECK(past.scan("followed/1/").error().reason == "row-unreadable");
}

}  // namespace past_test
