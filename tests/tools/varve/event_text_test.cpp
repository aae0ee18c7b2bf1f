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
    decision.detail = "\"0005\" is what was applied as \"0003\": it has the same text\nof then";
    CHECK(
        sentence(decision) ==
        "0005 conc on production, decided: mark applied: \"0005\" is what was applied as \"0003\": "
        "it has the same text");
    decision.detail.clear();
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

TEST_CASE("what was taken over is told as presumed where the tool has kept nothing of it") {
    ledger::MigrationAdopted adopted;
    adopted.target = {"staging"};
    adopted.version = {"0005"};
    adopted.name = "conc";
    adopted.digest = ledger::sha256("SELECT 1");
    adopted.source = ledger::AdoptionSource::baseline;
    CHECK(sentence(adopted) == "0005 conc taken over as applied on staging, by baseline");
    adopted.source = ledger::AdoptionSource::import;
    CHECK(sentence(adopted) ==
          "0005 conc taken over as applied on staging, by import, presumed, as the tool has kept "
          "nothing of it");
    adopted.recorded_version = "5";
    CHECK(sentence(adopted) == "0005 conc taken over as applied on staging, by import");
}

TEST_CASE("an attempt's own events say where, too") {
    ledger::AttemptStarted started;
    started.target = {"staging"};
    started.version = {"0007"};
    started.name = "orders";
    started.transactional = true;
    CHECK(sentence(started) == "0007 orders started on staging");
    CHECK(sentence(started, TargetTold::beside) == "0007 orders started");
    ledger::StatementSucceeded statement;
    statement.target = {"staging"};
    statement.version = {"0007"};
    statement.statement_count = 2;
    statement.result.command_tag = "CREATE INDEX";
    CHECK(sentence(statement) == "0007 statement 1 of 2 on staging: CREATE INDEX");
    ledger::AttemptSucceeded succeeded;
    succeeded.target = {"staging"};
    succeeded.version = {"0007"};
    succeeded.direction = ledger::Direction::down;
    succeeded.settled_from = "marker";
    CHECK(sentence(succeeded) == "0007 (down) succeeded on staging, settled from the marker");
    CHECK(sentence(succeeded, TargetTold::beside) ==
          "0007 (down) succeeded, settled from the marker");
}

TEST_CASE("an import says what it took over, also where one row stands for many migrations") {
    ledger::HistoryImported imported;
    imported.target = {"staging"};
    imported.tool = "golang-migrate";
    imported.table = "public.schema_migrations";
    imported.row_count = 1;
    imported.adopted_count = 3;
    CHECK(sentence(imported) ==
          "history of golang-migrate imported on staging from public.schema_migrations: 3 "
          "migrations taken over as applied, from 1 row");
    imported.row_count = 5;
    imported.findings = {"two of them failed", "one is gone"};
    CHECK(
        sentence(imported, TargetTold::beside) ==
        "history of golang-migrate imported from public.schema_migrations: 3 of 5 rows taken over "
        "as applied, 2 findings");
    CHECK(tools::varve::findings_text(imported) == "two of them failed; one is gone");
}

TEST_CASE("the findings of a validation are named by rule and place") {
    ledger::MigrationValidated validated;
    CHECK(tools::varve::findings_text(validated).empty());
    validated.findings = {{"drop-column", ledger::FindingSeverity::error, "7.sql", 3, 1, {}},
                          {"no-timeout", ledger::FindingSeverity::note, "7.sql", 9, 1, "quick"}};
    CHECK(tools::varve::findings_text(validated) ==
          "drop-column at 7.sql:3; no-timeout at 7.sql:9, accepted");
}
