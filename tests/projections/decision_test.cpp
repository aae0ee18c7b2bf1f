#include "tests/projections/story.hpp"

#include <catch2/catch.hpp>

namespace decision_test {

using namespace projections;
using namespace tests;
using ledger::Direction;

TEST_CASE("a decision counts a migration as applied, and owes the target a marker") {
    Story story;
    story.production.seen("0001");
    story.production.resolved("0001", ledger::DifferenceKind::none,
                              ledger::Resolution::mark_applied, "up");
    const MigrationState state = story.of("0001");
    CHECK(state.state == State::applied);
    REQUIRE(state.applied);
    CHECK(state.applied->settled_from == "decision");
    REQUIRE(state.owed);
    CHECK(state.owed->direction == Direction::up);
    CHECK(state.owed->attempt == state.applied->attempt);
    story.production.add(ledger::MarkersWritten{story.production.target(), 1});
    CHECK_FALSE(story.of("0001").owed);
    CHECK(read_registered(story.rows())->at({"0001"}).applied_on.size() == 1);
}

TEST_CASE("a decision counts a migration as not applied, which is then pending") {
    Story story;
    story.production.seen("0001");
    story.apply(1, "0001");
    story.production.resolved("0001", ledger::DifferenceKind::behind,
                              ledger::Resolution::mark_unapplied, "");
    const MigrationState state = story.of("0001");
    CHECK(state.state == State::pending);
    CHECK_FALSE(state.applied);
    REQUIRE(state.owed);
    CHECK(state.owed->direction == Direction::down);
    CHECK(state.owed->digest == ledger::sha256("up"));
    CHECK(story.state().applied_order.empty());
    CHECK(read_registered(story.rows())->at({"0001"}).applied_on.empty());
}

TEST_CASE("an accepted digest stands for what was applied, when it was applied") {
    Story story;
    story.apply(1, "0001");
    story.apply(2, "0002");
    story.production.resolved("0001", ledger::DifferenceKind::changed,
                              ledger::Resolution::accept_digest, "edited");
    CHECK(story.of("0001").applied->digest == ledger::sha256("edited"));
    CHECK(story.state().applied_order == std::vector<ledger::Version>{{"0001"}, {"0002"}});
    CHECK(story.of("0001").state == State::applied);
}

TEST_CASE("what lost its marker alone was applied when it was applied") {
    Story story;
    story.apply(1, "0001", "one");
    story.apply(2, "0002", "two");
    const MigrationState before = story.of("0001");
    story.production.resolved("0001", ledger::DifferenceKind::behind,
                              ledger::Resolution::mark_applied, "one");
    CHECK(story.of("0001").applied == before.applied);
    CHECK(story.of("0001").owed);
    CHECK(story.state().applied_order == std::vector<ledger::Version>{{"0001"}, {"0002"}});
}

TEST_CASE("a renamed migration has its place, whichever of its versions is decided first") {
    Story story;
    story.apply(1, "0001", "one");
    story.apply(2, "0003", "three");
    const auto now = [&] {
        story.production.resolved("0002", ledger::DifferenceKind::none,
                                  ledger::Resolution::mark_applied, "one");
        CHECK(story.of("0002").applied->settled_from == "decision");
    };
    const auto before = [&] {
        story.production.resolved("0001", ledger::DifferenceKind::missing,
                                  ledger::Resolution::mark_unapplied, "");
    };
    SECTION("the new one first") {
        now();
        CHECK_FALSE(story.of("0002").applied->is_order_known);
        before();
    }
    SECTION("the old one first") {
        before();
        now();
    }
    CHECK(story.of("0002").applied->is_order_known);
    CHECK(story.state().applied_order == std::vector<ledger::Version>{{"0002"}, {"0003"}});
    story.apply(3, "0001", "another");
    CHECK(story.state().applied_order ==
          std::vector<ledger::Version>{{"0002"}, {"0003"}, {"0001"}});
}

TEST_CASE("another text takes nobody's place, and since when it is there is not known") {
    Story story;
    story.apply(1, "0001", "one");
    story.apply(2, "0003", "three");
    story.production.resolved("0001", ledger::DifferenceKind::missing,
                              ledger::Resolution::mark_unapplied, "");
    story.production.resolved("0002", ledger::DifferenceKind::none,
                              ledger::Resolution::mark_applied, "one edited");
    CHECK_FALSE(story.of("0002").applied->is_order_known);
    CHECK(story.state().applied_order == std::vector<ledger::Version>{{"0003"}, {"0002"}});
    story.production.resolved("0001", ledger::DifferenceKind::none,
                              ledger::Resolution::mark_applied, "one");
    CHECK(story.state().applied_order ==
          std::vector<ledger::Version>{{"0001"}, {"0003"}, {"0002"}});
}

TEST_CASE("what a marker says is applied in the order of the markers") {
    Story story;
    story.production.resolved("0002", ledger::DifferenceKind::ahead, ledger::Resolution::adopt,
                              "two");
    CHECK(story.of("0002").applied->is_order_known);
    story.undo(1, "0002");
    story.production.resolved("0002", ledger::DifferenceKind::ahead, ledger::Resolution::adopt,
                              "two");
    CHECK_FALSE(story.of("0002").applied->is_order_known);  // restored, or made again?
}

TEST_CASE("an absence that is accepted lasts until the migration is undone") {
    Story story;
    story.apply(1, "0001");
    story.production.resolved("0001", ledger::DifferenceKind::missing, ledger::Resolution::adopt,
                              "up");
    CHECK(story.of("0001").absence_accepted);
    CHECK(story.of("0001").state == State::applied);
    CHECK_FALSE(story.of("0001").owed);
    story.undo(2, "0001");
    CHECK_FALSE(story.of("0001").absence_accepted);
}

TEST_CASE("a lateness that is accepted lasts until the migration is applied") {
    Story story;
    story.production.resolved("0001", ledger::DifferenceKind::out_of_order,
                              ledger::Resolution::adopt, "");
    CHECK(story.of("0001").lateness_accepted);
    CHECK(story.of("0001").state == State::pending);
    story.apply(1, "0001");
    CHECK_FALSE(story.of("0001").lateness_accepted);
}

TEST_CASE("a decision on what is in doubt leaves it to the attempt's end") {
    Story story;
    story.fail(1, "0001", {1, true});
    const MigrationState before = story.of("0001");
    story.production.resolved("0001", ledger::DifferenceKind::in_doubt,
                              ledger::Resolution::mark_applied, "up");
    CHECK(story.of("0001").resumption == before.resumption);
    CHECK(story.of("0001").state == State::partially_applied);
}

TEST_CASE("another text of what is half undone is owed no marker of the whole") {
    Story story;
    story.apply(1, "0001");
    story.production.direction = Direction::down;
    story.fail(2, "0001", {1, true});
    story.production.resolved("0001", ledger::DifferenceKind::changed,
                              ledger::Resolution::accept_digest, "edited");
    CHECK(story.of("0001").applied->digest == ledger::sha256("edited"));
    CHECK(story.of("0001").state == State::partially_rolled_back);
    CHECK_FALSE(story.of("0001").owed);
    story.production.resolved("0001", ledger::DifferenceKind::none,
                              ledger::Resolution::mark_applied, "edited");
    CHECK(story.of("0001").owed);
    CHECK(story.of("0001").state == State::applied);
}

TEST_CASE("an adopted migration is applied when and as its tool says") {
    Story story;
    story.production.adopted("0001", "up");
    const MigrationState state = story.of("0001");
    CHECK(state.state == State::applied);
    CHECK(state.applied->settled_from == "import");
    CHECK(state.applied->applied_at_us == 1'700'000'000'000'000);
    CHECK(state.applied->digest == ledger::sha256("up"));
    CHECK(state.owed);
}

}  // namespace decision_test
