#include "commands/review.hpp"

#include "adapters/memory/clock.hpp"
#include "adapters/memory/store.hpp"
#include "commands/open_attempts.hpp"
#include "commands/redact.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

namespace review_test {

using commands::ExceptionKind;
using commands::Span;
using tests::error_of;
using tests::must;

namespace {

ledger::Record reviewed(std::uint64_t from, std::uint64_t to) {
    ledger::Record record;
    record.data = ledger::LogReviewed{from, to, {}, 0};
    return record;
}

ledger::Context context() {
    ledger::Context context;
    context.actor = {"u-1", ledger::ActorKind::person, "os-user", "here"};
    context.reason = "a person's name";
    context.tool = "varve/0.1.0";
    return context;
}

void add(ledger::Store& store, const std::string& stream, ledger::Event event,
         std::vector<ledger::Content> contents = {}) {
    ledger::Append append;
    append.context = context();
    append.drafts = {{stream, ledger::new_uuid(1), std::move(event), {}}};
    append.contents = std::move(contents);
    must(store.append(std::move(append)));
}

const ledger::Content script{"INSERT INTO people VALUES ('a name')", "sql"};

ledger::AttemptStarted started(const ledger::Uuid& attempt) {
    ledger::AttemptStarted event;
    event.attempt = attempt;
    event.target = {"production"};
    event.version = {"0001"};
    event.digest = reference(script).digest;
    return event;
}

}  // namespace

TEST_CASE("what lies between reviews was never reviewed") {
    CHECK(commands::never_reviewed({}, 5) == std::vector<Span>{{0, 5}});
    CHECK(commands::never_reviewed({reviewed(0, 5)}, 5).empty());
    CHECK(commands::never_reviewed({reviewed(6, 8), reviewed(2, 4), reviewed(3, 5)}, 9) ==
          std::vector<Span>{{0, 2}, {5, 6}, {8, 9}});
    CHECK(commands::first_unreviewed({}) == 0);
    CHECK(commands::first_unreviewed({reviewed(6, 8), reviewed(2, 4)}) == 0);
    CHECK(commands::first_unreviewed({reviewed(6, 8), reviewed(0, 4), reviewed(3, 5)}) == 5);
    CHECK(commands::first_unreviewed({reviewed(5, 8), reviewed(0, 5)}) == 8);
    CHECK(commands::never_reviewed({}, 0).empty());
}

TEST_CASE("an overridden gate, a refusal, a redaction are no routine; a plain run is") {
    ledger::Record record;
    ledger::RunStarted run;
    run.gates = {{"reconcile", true, "ledger, markers and files agree"}};
    record.data = run;
    CHECK_FALSE(commands::exception_in(record));
    run.gates[0].detail = "overridden: out of order: 0001";
    record.data = run;
    CHECK(commands::exception_in(record) == ExceptionKind::forced);
    record.data = ledger::RunRefused{};
    CHECK(commands::exception_in(record) == ExceptionKind::refusal);
    record.data = ledger::ContentRedacted{};
    CHECK(commands::exception_in(record) == ExceptionKind::redaction);
    record.data = ledger::LogReviewed{};
    CHECK_FALSE(commands::exception_in(record));
    record.clock_went_back = true;
    CHECK(commands::exception_in(record) == ExceptionKind::clock);
}

TEST_CASE("an attempt is open where no end of it is among the events that are looked at") {
    adapters::memory::Clock clock;
    adapters::memory::Store store{clock, ledger::new_uuid(1)};
    const auto ended = [](auto event, const ledger::Uuid& attempt) {
        event.attempt = attempt;
        event.target = {"production"};
        event.version = {"0001"};
        return event;
    };
    std::vector<ledger::Uuid> attempts;
    for (int number = 0; number < 4; ++number) {
        attempts.push_back(ledger::new_uuid(1));
        add(store, "target/production", started(attempts.back()));
    }
    add(store, "target/production", ended(ledger::AttemptSucceeded{}, attempts[0]));  // 4
    add(store, "target/production", ended(ledger::AttemptCancelled{}, attempts[2]));
    add(store, "target/production", ended(ledger::AttemptFailed{}, attempts[3]));
    using Positions = std::set<std::uint64_t>;
    CHECK(must(commands::open_attempts(store, 0, 7)) == Positions{1});
    CHECK(must(commands::open_attempts(store, 0, 5)) == Positions{1, 2, 3});
    CHECK(must(commands::open_attempts(store, 2, 7)).empty());
    CHECK(must(commands::open_attempts(store, 7, 7)).empty());
}

TEST_CASE("a review of nothing is refused") {
    adapters::memory::Clock clock;
    adapters::memory::Store store{clock, ledger::new_uuid(1)};
    CHECK(error_of(commands::acknowledge(store, clock, context(), {0, 0}, 0)).reason ==
          "nothing-to-review");
}

TEST_CASE("content that is needed to settle an attempt is redacted only afterwards") {
    adapters::memory::Clock clock;
    adapters::memory::Store store{clock, ledger::new_uuid(1)};
    ledger::MigrationRegistered registered;
    registered.version = {"0001"};
    registered.up = reference(script);
    add(store, "migration/0001", registered, {script});
    const ledger::Uuid attempt = ledger::new_uuid(1);
    add(store, "target/production", started(attempt));
    const ledger::Digest digest = reference(script).digest;
    CHECK(error_of(commands::find_redactable(store, digest)).reason == "content-in-use");

    ledger::AttemptSucceeded succeeded;
    succeeded.attempt = attempt;
    succeeded.target = {"production"};
    succeeded.version = {"0001"};
    succeeded.digest = digest;
    add(store, "target/production", succeeded);
    const auto redactable = must(commands::find_redactable(store, digest));
    CHECK(redactable.positions == std::vector<std::uint64_t>{0, 1, 2});
    CHECK(redactable.content == reference(script));
    CHECK(must(commands::redact(store, clock, context(), redactable)) == 3);

    CHECK(error_of(commands::find_redactable(store, digest)).reason == "content-redacted");
    CHECK(commands::absent_content(store, digest).detail.find("a person's name") !=
          std::string::npos);
    CHECK(error_of(commands::find_redactable(store, {})).reason == "content-unknown");
    CHECK(must(commands::find_redaction(store, digest))->position == 3);
}

}  // namespace review_test
