#include "projections/engine.hpp"

#include "projections/catalogue.hpp"
#include "projections/row_key.hpp"
#include "projections/rows.hpp"
#include "projections/target_state.hpp"
#include "tests/projections/faulty_rows.hpp"
#include "tests/projections/target_history.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace engine_test {

using namespace projections;
using namespace tests;

namespace {

// Counts events by type, and keeps the newest position.
void count_types(Rows& rows, const ledger::Record& record) {
    const std::string key = row_key({ledger::type_of(record.data)});
    const auto count = rows.get(key);
    rows.put(key, big_endian(count ? from_big_endian(*count) + 1 : 1));
    rows.put("newest", big_endian(record.position));
}

// What version 2 counts is something else.
void count_streams(Rows& rows, const ledger::Record& record) {
    const std::string key = row_key({record.stream});
    const auto count = rows.get(key);
    rows.put(key, big_endian(count ? from_big_endian(*count) + 1 : 1));
}

void refuse_fifth(Rows& rows, const ledger::Record& record) {
    if (record.position == 5) rows.fail({ledger::Code::corrupt, "row-unreadable", {}, {}});
    count_types(rows, record);
}

constexpr Projection counts{"counts", 1, count_types};
constexpr Projection counts_2{"counts", 2, count_streams};

RecordedLedger recorded(std::size_t events, std::uint8_t id = 1,
                        const std::string& target = "production") {
    RecordedLedger ledger(id);
    TargetHistory history(ledger, target);
    for (std::size_t i = 0; i < events; ++i) history.known();
    return ledger;
}

}  // namespace

TEST_CASE("catch_up folds an empty ledger into nothing, and says that it is level") {
    const RecordedLedger ledger;
    MemoryRows rows;
    const auto caught_up = catch_up(ledger, rows, counts);
    REQUIRE(caught_up);
    CHECK(caught_up->progress.position == 0);
    CHECK(rows.scan("counts/1/")->empty());
    CHECK(*progress(rows, counts) == caught_up->progress);
    CHECK_FALSE(catch_up(ledger, rows, counts)->rebuilt_because);
}

TEST_CASE("catch_up goes on from where it stopped") {
    RecordedLedger ledger = recorded(2500);
    MemoryRows rows;
    REQUIRE(catch_up(ledger, rows, counts)->folded_count == 2500);
    TargetHistory(ledger, "production").known();
    const auto caught_up = catch_up(ledger, rows, counts);
    REQUIRE(caught_up);
    CHECK(caught_up->folded_count == 1);
    CHECK_FALSE(caught_up->rebuilt_because);
    CHECK(*rows.get("counts/1/newest") == big_endian(2500));
    CHECK(check(ledger, rows, counts)->equal());
}

TEST_CASE("catch_up writes nothing where nothing has happened") {
    const RecordedLedger ledger = recorded(3);
    FaultyRows rows;
    REQUIRE(catch_up(ledger, rows, counts));
    rows.writes_before_failure = 0;
    CHECK(catch_up(ledger, rows, counts)->folded_count == 0);
}

TEST_CASE("a new version of a projection is built beside the old one, which then goes") {
    const RecordedLedger ledger = recorded(4500);
    FaultyRows rows;
    REQUIRE(catch_up(ledger, rows, counts));
    const auto old_rows = *rows.scan("counts/1/");

    rows.writes_before_failure =
        2;  // what was there of version 2 is erased, the first batch written
    CHECK_FALSE(catch_up(ledger, rows, counts_2));
    CHECK((*progress(rows, counts_2))->position == 512);
    CHECK(*rows.scan("counts/1/") == old_rows);

    rows.writes_before_failure = 100;
    REQUIRE(catch_up(ledger, rows, counts_2)->folded_count == 3988);
    CHECK(rows.scan("counts/1/")->empty());
    CHECK(*progress(rows, counts) == std::nullopt);
    CHECK(rows.rows == *fold_to(ledger, counts_2, 4500));
}

TEST_CASE("catch_up says that it built a version for the first time") {
    const RecordedLedger ledger = recorded(3);
    MemoryRows rows;
    CHECK(catch_up(ledger, rows, counts)->rebuilt_because == "there are none of version 1");
    CHECK(catch_up(ledger, rows, counts_2)->rebuilt_because == "there are none of version 2");
}

TEST_CASE("rows of another ledger are built again") {
    MemoryRows rows;
    REQUIRE(catch_up(recorded(7, 1), rows, counts));
    const RecordedLedger other = recorded(9, 2);
    const auto caught_up = catch_up(other, rows, counts);
    REQUIRE(caught_up);
    CHECK(caught_up->rebuilt_because == "they are of another ledger");
    CHECK(rows == *fold_to(other, counts, 9));
}

TEST_CASE("rows beyond the ledger's end are built again") {
    RecordedLedger ledger = recorded(7);
    MemoryRows rows;
    REQUIRE(catch_up(ledger, rows, counts));
    const auto caught_up = catch_up(ledger.cut(4), rows, counts);
    REQUIRE(caught_up);
    CHECK(caught_up->rebuilt_because == "they are at position 7, and the ledger ends at 4");
    CHECK(rows == *fold_to(ledger, counts, 4));
}

TEST_CASE("rows of another history of the same ledger are built again") {
    MemoryRows rows;
    REQUIRE(catch_up(recorded(7, 1, "staging"), rows, counts));
    const RecordedLedger restored = recorded(9, 1, "production");
    const auto caught_up = catch_up(restored, rows, counts);
    REQUIRE(caught_up);
    CHECK(caught_up->rebuilt_because == "the ledger has another history up to position 7");
    CHECK(rows == *fold_to(restored, counts, 9));
}

TEST_CASE("an unreadable position is built again") {
    const RecordedLedger ledger = recorded(7);
    MemoryRows rows;
    REQUIRE(catch_up(ledger, rows, counts));
    REQUIRE(rows.write({{"@counts/1/", "nonsense"}}));
    CHECK(catch_up(ledger, rows, counts)->rebuilt_because == "their position is unreadable");
    CHECK(rows == *fold_to(ledger, counts, 7));
}

TEST_CASE("rebuild begins from nothing, whatever is stored") {
    const RecordedLedger ledger = recorded(7);
    MemoryRows rows;
    REQUIRE(catch_up(ledger, rows, counts));
    REQUIRE(rows.write({{"counts/1/stray", "row"}, {"counts/1/newest", "wrong"}}));
    REQUIRE(rebuild(ledger, rows, counts)->folded_count == 7);
    CHECK(rows == *fold_to(ledger, counts, 7));
}

TEST_CASE("projections in one store leave each other alone") {
    const RecordedLedger ledger = recorded(7);
    const Projection other{"counts-too", 1, count_streams};
    MemoryRows rows;
    REQUIRE(catch_up(ledger, rows, counts));
    REQUIRE(catch_up(ledger, rows, other));
    REQUIRE(rebuild(ledger, rows, counts));
    CHECK(check(ledger, rows, other)->equal());
    CHECK(check(ledger, rows, counts)->equal());
}

TEST_CASE("projections folded together have the rows that they have alone") {
    RecordedLedger ledger = recorded(5000);
    const Projection other{"counts-too", 1, count_streams};
    const std::array both{counts, other};
    MemoryRows alone;
    REQUIRE(catch_up(ledger, alone, counts));
    REQUIRE(catch_up(ledger, alone, other));
    MemoryRows together;
    REQUIRE(catch_up(ledger, together, Projections{both}));
    CHECK(together == alone);
    MemoryRows rebuilt;
    REQUIRE(rebuild(ledger, rebuilt, Projections{both}));
    CHECK(rebuilt == alone);
}

TEST_CASE("projections that stand at different positions are brought level together") {
    RecordedLedger ledger = recorded(20);
    const Projection other{"counts-too", 1, count_streams};
    const std::array both{counts, other};
    MemoryRows rows;
    REQUIRE(catch_up(ledger, rows, other));
    TargetHistory(ledger, "production").known();
    const auto level = catch_up(ledger, rows, Projections{both});
    REQUIRE(level);
    CHECK(level->at(0).folded_count == 21);
    CHECK(level->at(0).rebuilt_because);
    CHECK(level->at(1).folded_count == 1);
    CHECK_FALSE(level->at(1).rebuilt_because);
    CHECK(check(ledger, rows, counts)->equal());
    CHECK(check(ledger, rows, other)->equal());
}

TEST_CASE("check names the rows that are not what a fold gives") {
    const RecordedLedger ledger = recorded(7);
    MemoryRows rows;
    REQUIRE(catch_up(ledger, rows, counts));
    CHECK(check(ledger, rows, counts)->equal());
    REQUIRE(rows.write({{"counts/1/newest", "wrong"}, {"counts/1/stray", "row"}}));
    const auto outcome = check(ledger, rows, counts);
    REQUIRE(outcome);
    CHECK_FALSE(outcome->equal());
    CHECK(outcome->different_keys == std::vector<std::string>{"newest", "stray"});
    CHECK(outcome->position == 7);
}

TEST_CASE("check compares up to the stored position, not the ledger's end") {
    RecordedLedger ledger = recorded(7);
    MemoryRows rows;
    REQUIRE(catch_up(ledger, rows, counts));
    TargetHistory(ledger, "production").known();
    CHECK(check(ledger, rows, counts)->equal());
}

TEST_CASE("check of what was never built finds nothing, and no difference") {
    const MemoryRows rows;
    const auto outcome = check(recorded(7), rows, counts);
    CHECK(outcome->position == 0);
    CHECK(outcome->equal());
}

TEST_CASE("check_all finds the view that differs, level with the ledger or behind it") {
    RecordedLedger ledger = recorded(5);
    MemoryRows rows;
    REQUIRE(catch_up_all(ledger, rows));
    const std::string stray = row_prefix(all_projections()[1]) + "stray";
    REQUIRE(rows.write({{stray, "row"}}));
    for (const std::size_t more : {0, 1}) {
        for (std::size_t i = 0; i < more; ++i) TargetHistory(ledger, "production").known();
        const auto outcomes = check_all(ledger, rows);
        CHECK(outcomes[0]->equal());
        CHECK(outcomes[1]->different_keys == std::vector<std::string>{"stray"});
        CHECK(outcomes[1]->position == 5);
        CHECK(outcomes[2]->equal());
    }
}

TEST_CASE("fold_to gives the rows as they were after the first so many events") {
    const RecordedLedger ledger = recorded(7);
    CHECK(*fold_to(ledger, counts, 0)->get("counts/1/newest") == std::nullopt);
    CHECK(*fold_to(ledger, counts, 3)->get("counts/1/newest") == big_endian(2));
    const auto beyond = fold_to(ledger, counts, 8);
    REQUIRE_FALSE(beyond);
    CHECK(beyond.error().reason == "position-beyond-end");
}

TEST_CASE("an event that is not at its position is damage") {
    RecordedLedger ledger = recorded(7);
    ledger.line(3) = ledger.line(2);
    MemoryRows rows;
    const auto caught_up = catch_up(ledger, rows, counts);
    REQUIRE_FALSE(caught_up);
    CHECK(caught_up.error().reason == "ledger-damaged");
    CHECK(caught_up.error().code == ledger::Code::corrupt);
}

TEST_CASE("an event that reads well and was changed all the same is damage") {
    RecordedLedger ledger = recorded(7);
    std::string& line = ledger.line(3);
    line.replace(line.find("build-1"), 7, "build-2");
    MemoryRows rows;
    const auto caught_up = catch_up(ledger, rows, counts);
    REQUIRE_FALSE(caught_up);
    CHECK(caught_up.error().reason == "ledger-damaged");
}

TEST_CASE("an unreadable event stops the fold, and leaves what is stored as it was") {
    RecordedLedger ledger = recorded(7);
    MemoryRows rows;
    REQUIRE(catch_up(ledger, rows, counts));
    const MemoryRows before = rows;
    TargetHistory(ledger, "production").known();
    ledger.line(7) += ' ';
    const auto caught_up = catch_up(ledger, rows, counts);
    REQUIRE_FALSE(caught_up);
    CHECK(caught_up.error().reason == "event-unreadable");
    CHECK(rows == before);
}

TEST_CASE("a fold that fails writes nothing of its batch") {
    const RecordedLedger ledger = recorded(7);
    MemoryRows rows;
    const auto caught_up = catch_up(ledger, rows, {"counts", 1, refuse_fifth});
    REQUIRE_FALSE(caught_up);
    CHECK(caught_up.error().reason == "row-unreadable");
    CHECK(rows.scan("")->empty());
}

TEST_CASE("position_at counts the events recorded at or before a time") {
    const RecordedLedger ledger = recorded(7);
    CHECK(*position_at(ledger, time_of(0) - 1) == 0);
    CHECK(*position_at(ledger, 0) == 0);
    for (std::uint64_t position = 0; position < 7; ++position) {
        CHECK(*position_at(ledger, time_of(position)) == position + 1);
        CHECK(*position_at(ledger, time_of(position + 1) - 1) == position + 1);
    }
    CHECK(*position_at(ledger, time_of(1000)) == 7);
    CHECK(*position_at(RecordedLedger{}, time_of(1000)) == 0);
}

}  // namespace engine_test
