#include "projections/changes.hpp"

#include "tests/projections/story.hpp"

#include <catch2/catch.hpp>

namespace changes_test {

using projections::Change;
using projections::ChangeKind;
using projections::State;
using tests::Story;

namespace {

std::vector<projections::TargetStatus> at(const Story& story, std::uint64_t size) {
    const auto rows = *projections::fold_to(story.ledger, projections::status_projection(), size);
    return {*projections::read_status(rows, {"production"})};
}

std::vector<Change> between(const Story& story, std::uint64_t from, std::uint64_t to) {
    return changes_between(at(story, from), at(story, to),
                           *ledger::read_records(story.ledger, from, to - from));
}

std::uint64_t size_of(const Story& story) { return story.ledger.head()->size; }

std::vector<ChangeKind> kinds(const std::vector<Change>& changes) {
    std::vector<ChangeKind> all;
    for (const Change& change : changes) all.push_back(change.kind);
    return all;
}

}  // namespace

TEST_CASE("between a moment and itself nothing has changed") {
    Story story;
    story.production.seen("0001");
    story.apply(1, "0001");
    CHECK(between(story, size_of(story), size_of(story)).empty());
}

TEST_CASE("a migration became registered and applied, by these events") {
    Story story;
    story.production.known();
    const auto from = size_of(story);
    const auto seen = story.production.seen("0001");
    story.apply(1, "0001");
    const auto changes = between(story, from, size_of(story));
    REQUIRE(kinds(changes) == std::vector{ChangeKind::registered, ChangeKind::applied});
    CHECK(changes[0].positions == std::vector{seen});
    CHECK_FALSE(changes[0].target);
    CHECK(changes[1].target == ledger::Target{"production"});
    CHECK_FALSE(changes[1].before);
    CHECK(changes[1].after == State::applied);
    CHECK(changes[1].digest_after == ledger::sha256("up"));
    CHECK(changes[1].positions == std::vector{size_of(story) - 1});
    CHECK(changes[1].actors == std::vector<std::string>{"uid:1000"});
}

TEST_CASE("undone it became unapplied, and undone and applied again applied") {
    Story story;
    story.production.seen("0001");
    story.apply(1, "0001");
    const auto from = size_of(story);
    story.undo(2, "0001");
    CHECK(kinds(between(story, from, size_of(story))) == std::vector{ChangeKind::unapplied});
    story.apply(3, "0001");
    const auto changes = between(story, from, size_of(story));
    REQUIRE(kinds(changes) == std::vector{ChangeKind::applied});
    CHECK(changes[0].positions.size() == 2);
}

TEST_CASE("a failure shows whatever came later, and once where nothing did") {
    Story story;
    story.production.seen("0001");
    const auto from = size_of(story);
    story.fail(1, "0001");
    CHECK(kinds(between(story, from, size_of(story))) == std::vector{ChangeKind::failed});
    story.apply(2, "0001");
    CHECK(kinds(between(story, from, size_of(story))) ==
          std::vector{ChangeKind::applied, ChangeKind::failed_once});
}

TEST_CASE("a decision shows with what it brought about") {
    Story story;
    story.production.seen("0001");
    const auto from = size_of(story);
    story.production.resolved("0001", ledger::DifferenceKind::none,
                              ledger::Resolution::mark_applied, "up");
    CHECK(kinds(between(story, from, size_of(story))) ==
          std::vector{ChangeKind::applied, ChangeKind::resolved});
}

TEST_CASE("an attempt without an outcome is in doubt, and what it became says so") {
    Story story;
    story.production.seen("0001");
    const auto from = size_of(story);
    const auto started = story.production.started(1, "0001");
    const auto in_doubt = size_of(story);
    const auto changes = between(story, from, in_doubt);
    REQUIRE(kinds(changes) == std::vector{ChangeKind::in_doubt});
    CHECK(changes[0].positions == std::vector{started});
    CHECK_FALSE(changes[0].in_doubt_before);
    CHECK(changes[0].in_doubt_after);
    CHECK(to_text(changes[0].kind) == "in-doubt");

    story.production.succeeded(1, "0001");
    const auto later = between(story, in_doubt, size_of(story));
    REQUIRE(kinds(later) == std::vector{ChangeKind::applied});
    CHECK(later[0].in_doubt_before);
    CHECK_FALSE(later[0].in_doubt_after);
}

}  // namespace changes_test
