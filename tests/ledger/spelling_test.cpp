#include "ledger/spelling.hpp"

#include "ledger/spelling_variants.hpp"

#include <catch2/catch.hpp>

using namespace ledger;

TEST_CASE("every enumerator keeps its stored name forever") {
    CHECK(spell(ActorKind::person) == "person");
    CHECK(spell(ActorKind::service) == "service");
    CHECK(spell(ActorKind::schedule) == "schedule");
    CHECK(spell(MigrationKind::versioned) == "versioned");
    CHECK(spell(MigrationKind::repeatable) == "repeatable");
    CHECK(spell(MigrationKind::baseline) == "baseline");
    CHECK(spell(Direction::up) == "up");
    CHECK(spell(Direction::down) == "down");
    CHECK(spell(Outcome::succeeded) == "succeeded");
    CHECK(spell(Outcome::failed) == "failed");
    CHECK(spell(Outcome::cancelled) == "cancelled");
    CHECK(spell(Outcome::in_doubt) == "in_doubt");
}

TEST_CASE("every cause of a failure keeps its stored name forever") {
    CHECK(spell(FailureCause::statement_error) == "statement_error");
    CHECK(spell(FailureCause::commit_error) == "commit_error");
    CHECK(spell(FailureCause::lock_timeout) == "lock_timeout");
    CHECK(spell(FailureCause::interrupted) == "interrupted");
    CHECK(spell(FailureCause::connection_lost) == "connection_lost");
    CHECK(spell(FailureCause::transaction_ended) == "transaction_ended");
    CHECK(spell(FailureCause::marker_error) == "marker_error");
    CHECK(spell(FailureCause::refused) == "refused");
}

TEST_CASE("a name is read back, and only as it is written") {
    CHECK(unspell<FailureCause>("lock_timeout") == FailureCause::lock_timeout);
    CHECK(!unspell<FailureCause>("lock-timeout"));
    CHECK(!unspell<Direction>("Up"));
    CHECK(!unspell<Direction>(""));
    CHECK(spell(static_cast<Direction>(7)).empty());
}

TEST_CASE("a stored name has hyphens in options and blanks in sentences") {
    CHECK(hyphenated(DifferenceKind::out_of_order) == "out-of-order");
    CHECK(in_words(DifferenceKind::out_of_order) == "out of order");
    CHECK(hyphenated(TestSuite::dry_run) == "dry-run");
}
