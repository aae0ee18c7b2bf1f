#include "tools/varve/event_text.hpp"

#include "ledger/digest.hpp"

#include <catch2/catch.hpp>

using tools::varve::sentence;
using tools::varve::TargetTold;

TEST_CASE("what was decided or went wrong is told with the target, but beside a column of it") {
    ledger::DifferenceResolved decision;
    decision.target = {"production"};
    decision.version = {"0005"};
    decision.name = "conc";
    decision.kind = ledger::DifferenceKind::none;
    decision.resolution = ledger::Resolution::mark_applied;
    CHECK(sentence(decision) == "0005 conc on production, decided: mark applied");
    CHECK(sentence(decision, TargetTold::beside) == "0005 conc, decided: mark applied");
    decision.kind = ledger::DifferenceKind::ahead;
    decision.resolution = ledger::Resolution::adopt;
    CHECK(sentence(decision, TargetTold::beside) ==
          "0005 conc, ahead, decided: adopt as not applied");
    decision.digest = ledger::sha256("SELECT 1");
    CHECK(sentence(decision, TargetTold::beside) == "0005 conc, ahead, decided: adopt as applied");
    ledger::AttemptFailed failure;
    failure.target = {"staging"};
    failure.version = {"0007"};
    failure.sqlstate = "P0001";
    failure.message = "no";
    CHECK(sentence(failure) == "0007 failed on staging: P0001 no");
    CHECK(sentence(failure, TargetTold::beside) == "0007 failed: P0001 no");
    ledger::AttemptCancelled cancelled;
    cancelled.target = {"staging"};
    cancelled.version = {"0007"};
    cancelled.signal = "SIGINT";
    CHECK(sentence(cancelled) == "0007 cancelled on staging by SIGINT");
}
