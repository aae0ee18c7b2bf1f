#include "commands/settle.hpp"

#include "commands/resolve.hpp"
#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

namespace settle_test {

using namespace ledger;
using namespace tests;
using commands::CatalogVerdict;
using commands::Evidence;

namespace {

projections::OpenAttempt open_attempt(bool transactional) {
    projections::OpenAttempt attempt;
    attempt.attempt = Uuid{{1}};
    attempt.version = {"1"};
    attempt.transactional = transactional;
    attempt.statement_count = 3;
    return attempt;
}

commands::Marker marker(std::uint32_t done) {
    commands::Marker answer;
    answer.statements_done = done;
    answer.statements_total = 3;
    return answer;
}

Result<Event> judged(bool transactional, const std::optional<commands::Marker>& marker,
                     std::optional<CatalogVerdict> catalog = std::nullopt) {
    const Evidence evidence{marker, catalog, false,
                            commands::DoubtfulStatement{1, "1.sql", 3, "CALL f()"},
                            "look at the table"};
    return commands::verdict({"development"}, open_attempt(transactional), evidence);
}

AttemptFailed failed(const Result<Event>& event) {
    REQUIRE(event);
    REQUIRE(std::holds_alternative<AttemptFailed>(*event));
    return std::get<AttemptFailed>(*event);
}

bool succeeded(const Result<Event>& event) {
    return event && std::holds_alternative<AttemptSucceeded>(*event);
}

Result<commands::ResolveReport> resolve(Scene& scene, const commands::ResolveOptions& options) {
    return commands::resolve(scene.services, {scene.target, scene.folder, options});
}

// A run that was cut off, and its target as it was when that had begun.
void cut_off(Scene& scene) {
    scene.server.fence_held = true;
    must(scene.run());
    scene.server.fence_held = false;
    scene.server.markers.clear();
    scene.server.order.clear();
}

}  // namespace

TEST_CASE("a complete marker proves success") {
    CHECK(succeeded(judged(true, marker(3))));
    CHECK(succeeded(judged(false, marker(3))));
}

TEST_CASE("no marker proves that nothing of a transaction stays") {
    const auto event = failed(judged(true, std::nullopt));
    CHECK(event.cause == FailureCause::interrupted);
    CHECK(event.statements_done == 0);
    CHECK(!event.resumable);
    CHECK(event.settled_from == "marker");
}

TEST_CASE("a marker of k of n is resumed after k, or after k + 1 where the catalog shows it") {
    CHECK(failed(judged(false, marker(1))).statements_done == 1);
    CHECK(failed(judged(false, marker(1), CatalogVerdict::did_not_happen)).statements_done == 1);
    CHECK(failed(judged(false, marker(1), CatalogVerdict::happened)).statements_done == 2);
    CHECK(succeeded(judged(false, marker(2), CatalogVerdict::happened)));
}

TEST_CASE("what a statement that did not happen has left half done goes with its failure") {
    Evidence evidence{marker(0), CatalogVerdict::did_not_happen, false};
    evidence.begun = {"the index public.a is dropped by half"};
    const auto event = failed(commands::verdict({"development"}, open_attempt(false), evidence));
    CHECK(event.survivors == evidence.begun);
    CHECK(event.message == "interrupted; 0 of 3 statements are applied");
}

TEST_CASE("where the catalog cannot tell, a person must look") {
    const auto event = judged(false, marker(1), CatalogVerdict::cannot_tell);
    REQUIRE(!event);
    CHECK(event.error().code == Code::in_doubt);
    CHECK(event.error().reason == "statement-in-doubt");
    CHECK(event.error().detail ==
          "statement 2 of 3 of \"1\", 1.sql:3 (CALL f()), may or may not have happened, and the "
          "catalog cannot tell");
    CHECK(event.error().help ==
          "look at the table, then say so: varve resolve 1 --mark-applied (or --mark-unapplied) "
          "--reason ...");
}

TEST_CASE("recover settles an open attempt, closes its run, and then finds nothing") {
    Scene scene{{migration("1", "lost")}};
    scene.server.fence_held = true;
    must(scene.run());
    scene.server.fence_held = false;

    const auto report = must(commands::recover(scene.services, scene.target, scene.folder.get()));
    CHECK(report.settlement.attempt_settled);
    CHECK(scene.state().state_of({"1"}) == projections::State::applied);
    const auto size = scene.size();
    CHECK(!must(commands::recover(scene.services, scene.target, nullptr)).examination);
    CHECK(scene.size() == size);
}

TEST_CASE("without the marker table a person takes the target as it is, and that is kept") {
    Scene scene{{migration("1", "lost")}};
    cut_off(scene);
    scene.server.markers_gone = true;
    CHECK(scene.run().error().reason == "markers-gone");
    const auto size = scene.size();
    const auto report = must(resolve(scene, {{}, std::nullopt, Resolution::adopt}));
    REQUIRE(report.decisions.size() == 1);
    CHECK(report.decisions[0].difference.kind == DifferenceKind::in_doubt);
    CHECK(report.decisions[0].difference.version == Version{"1"});
    REQUIRE(report.settled);
    CHECK(std::get<AttemptFailed>(*report.settled).settled_from == "decision");
    CHECK_FALSE(report.database);
    CHECK(scene.types(size) == std::vector<std::string>{"difference-resolved", "attempt-failed"});
    const auto kept = must(ledger::read_records(scene.store, size, 1)).at(0);
    const auto& decision = std::get<DifferenceResolved>(kept.data);
    CHECK(decision.resolution == Resolution::adopt);
    CHECK(decision.name == "m1");
    CHECK_FALSE(scene.state().open_attempt);
    scene.server.markers_gone = false;
    CHECK(must(scene.run()).done_count == 1);
}

TEST_CASE("who decides what was settled meanwhile is answered with that") {
    Scene scene{{migration("1", "lost"), migration("2", "b")}};
    cut_off(scene);
    const auto size = scene.size();
    SECTION("of everything") {
        const auto report = must(resolve(scene, {{}, std::nullopt, Resolution::adopt}));
        CHECK(report.settled);
        CHECK(report.decisions.empty());
    }
    SECTION("of that migration") {
        CHECK(must(resolve(scene, {{{"1"}}, std::nullopt, Resolution::mark_unapplied})).settled);
    }
    SECTION("but not of another one") {
        const auto other = resolve(scene, {{{"2"}}, std::nullopt, Resolution::mark_unapplied});
        CHECK(other.error().reason == "nothing-to-resolve");
    }
    SECTION("nor by what says nothing of it") {
        const auto adopted = resolve(scene, {{{"1"}}, std::nullopt, Resolution::adopt});
        CHECK(adopted.error().reason == "nothing-to-resolve");
    }
    CHECK(scene.types(size) == std::vector<std::string>{"attempt-failed"});
}

}  // namespace settle_test
