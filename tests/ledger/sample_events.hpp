// tests/ledger/sample_events.hpp: an event of every type, no member left at its default.
//
// Frozen  tests/golden/events.jsonl holds these records, line by line.
#pragma once

#include "ledger/event.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace tests {

inline ledger::Uuid uuid_of(std::uint8_t number) {
    ledger::Uuid uuid;
    for (std::size_t index = 0; index < uuid.bytes.size(); ++index)
        uuid.bytes[index] = static_cast<std::uint8_t>(number + 11 * index);
    return uuid;
}

inline ledger::ContentReference content_of(std::string_view bytes, std::string kind) {
    return {ledger::sha256(bytes), bytes.size(), std::move(kind)};
}

inline ledger::PublicKey sample_key() { return {ledger::sha256("a key").bytes}; }

inline std::vector<ledger::Event> sample_ledger_events() {
    using namespace ledger;
    return {LedgerCreated{1, "example.com", "example.com/varve/" + to_text(uuid_of(1))},
            KeyAdded{"example.com/varve", "ed25519", sample_key()}};
}

inline std::vector<ledger::Event> sample_migration_events() {
    using namespace ledger;
    return {MigrationRegistered{{"20261122093000"},
                                "add orders",
                                "varve",
                                MigrationKind::versioned,
                                "20261122093000_add_orders.sql",
                                content_of("create table orders ();", "sql"),
                                content_of("drop table orders;", "sql"),
                                "team-billing"},
            MigrationRegistered{{"R__views"},
                                "views",
                                "flyway",
                                MigrationKind::repeatable,
                                "R__views.sql",
                                content_of("create view v as select 1;", "sql"),
                                {},
                                {}},
            MigrationRevised{{"1.1"},
                             sha256("before"),
                             "prices",
                             "V1.1__prices.sql",
                             content_of("after", "sql"),
                             content_of("undo", "sql")}};
}

inline std::vector<ledger::Event> sample_run_events() {
    using namespace ledger;
    const std::vector<GateVerdict> gates{{"validation", true, "12 files"},
                                         {"reconcile", true, "-"}};
    return {
        TargetRegistered{{"production"}, "shop", "7353981027364519283", 16'384, "15.8", "varve"},
        RunStarted{{"production"}, content_of("a plan", "plan"), 3, gates, "15.8"},
        RunRefused{{"production"}, "reconcile", "checksum-changed", "1.1 was edited"},
        RunFinished{{"production"}, Outcome::in_doubt, 2, 1, 4, 987'654},
        RollbackStarted{{"production"}, content_of("a way back", "plan"), 1, gates, "15.8"},
        RollbackFinished{{"production"}, Outcome::succeeded, 1, 2, 3, 45'678},
        LockWaited{
            {"production"}, 2'000'000, true, 4'711, "psql", "10.0.0.7", 1'795'392'000'000'001}};
}

inline ledger::StatementResult sample_statement() {
    return {3, 120, 164, 9, 1'534, "INSERT 0 3", 3, {"NOTICE: \"t\" exists\n"}};
}

inline ledger::AttemptFailed sample_failure() {
    ledger::AttemptFailed event;
    event.attempt = uuid_of(40);
    event.target = {"production"};
    event.version = {"1.1"};
    event.direction = ledger::Direction::down;
    event.digest = ledger::sha256("script");
    event.cause = ledger::FailureCause::lock_timeout;
    event.sqlstate = "55P03";
    event.message = "canceling statement due to lock timeout: caf\u00e9 \U0001f600 \x01";
    event.detail = "detail\twith a tab";
    event.hint = "a \\ hint";
    event.message_content = content_of("whole text", "error");
    event.statement_index = 4;
    event.line = 12;
    event.column = 34;
    event.elapsed_us = 5'000'000;
    event.statements_done = 3;
    event.statement_count = 7;
    event.resumable = true;
    event.survivors = {"nextval('orders_id_seq')"};
    event.settled_from = "catalog";
    return event;
}

inline ledger::AttemptStarted sample_start() {
    ledger::AttemptStarted event;
    event.attempt = uuid_of(40);
    event.target = {"production"};
    event.version = {"1.1"};
    event.name = "prices";
    event.direction = ledger::Direction::down;
    event.digest = ledger::sha256("script");
    event.executed = content_of("as sent", "sql");
    event.try_number = 2;
    event.transactional = true;
    event.cause = "tried again";
    event.statement_count = 7;
    event.first_statement_index = 3;
    event.indexes_before = {"public.orders_broken_idx"};
    return event;
}

inline ledger::AttemptSucceeded sample_success() {
    ledger::AttemptSucceeded event;
    event.attempt = uuid_of(40);
    event.target = {"production"};
    event.version = {"1.1"};
    event.direction = ledger::Direction::down;
    event.digest = ledger::sha256("script");
    event.elapsed_us = 123'456;
    event.statement_count = 7;
    event.statements = {sample_statement(), {4, 165, 190, 10, 7, "CREATE INDEX", {}, {}}};
    event.statements_content = content_of("lines", "statements");
    event.settled_from = "marker";
    return event;
}

inline ledger::AttemptCancelled sample_cancellation() {
    ledger::AttemptCancelled event;
    event.attempt = uuid_of(40);
    event.target = {"production"};
    event.version = {"1.1"};
    event.direction = ledger::Direction::down;
    event.digest = ledger::sha256("script");
    event.signal = "SIGINT";
    event.elapsed_us = 77'000;
    event.statements_done = 3;
    event.statement_count = 7;
    event.resumable = true;
    return event;
}

inline std::vector<ledger::Event> sample_attempt_events() {
    return {sample_start(),
            ledger::StatementSucceeded{uuid_of(40), {"production"}, {"1.1"}, 7, sample_statement()},
            sample_success(), sample_failure(), sample_cancellation()};
}

inline std::vector<ledger::Event> sample_difference_events() {
    using namespace ledger;
    return {DifferenceResolved{{"production"},
                               {"1.1"},
                               "prices",
                               DifferenceKind::out_of_order,
                               Resolution::accept_digest,
                               sha256("before"),
                               sha256("after"),
                               uuid_of(50),
                               "V1.1__prices.sql has changed since it was applied"},
            MigrationAdopted{{"production"},
                             {"1.1"},
                             "prices",
                             AdoptionSource::import,
                             sha256("script"),
                             uuid_of(51),
                             "1.1",
                             "-1893463914",
                             true,
                             1'795'392'000'000'000,
                             "app_owner",
                             21'000},
            BaselineTaken{{"production"}, {"1.1"}, 12},
            HistoryImported{{"production"},
                            "flyway",
                            "public.flyway_schema_history",
                            14,
                            12,
                            {"\"1.2\" failed on 2026-01-05 and was never repaired"},
                            content_of("rows", "import")},
            MarkersWritten{{"production"}, 12}};
}

inline std::vector<ledger::Event> sample_evidence_events() {
    using namespace ledger;
    return {
        KeyRetired{"example.com/varve", sample_key(), 4'096},
        CheckpointSigned{512, sha256("a root"),
                         "example.com/varve\n512\n\n\u2014 example.com/varve AA==\n"},
        CheckpointWitnessed{512, sha256("a root"), WitnessKind::cosigner, "witness.example.net",
                            "\u2014 witness.example.net BB==", "witness.example.net+00aa11bb+CC==",
                            1'795'392'000'000'000},
        CheckpointWitnessed{512, sha256("a root"), WitnessKind::target, "production", {}, {}, {}},
        LedgerVerified{VerificationScope::witnesses,
                       256,
                       512,
                       sha256("a root"),
                       1,
                       {"event 7 was changed"},
                       {"target production"}},
        ContentRedacted{sha256("a name"), 6, "sql", {3, 9}},
        LedgerCopied{512, sha256("a root"), "/backup/ledger", 23, 456'789},
        LedgerRestored{
            500, sha256("an older root"), 512, sha256("a root"), {"anchor"}, "/backup/ledger"},
        ExportProduced{"evidence", "migration 1.1", 12, 512, sha256("a root"), sha256("an archive"),
                       34'567},
        LogReviewed{256, 512, sha256("a root"), 3},
    };
}

inline std::vector<ledger::Event> sample_validation_events() {
    using namespace ledger;
    return {MigrationValidated{
                {"1.1"},
                sha256("script"),
                sha256("down"),
                1,
                "15",
                {{"index-create-blocking", FindingSeverity::error, "V1.1__prices.sql", 3, 1,
                  "the table is new"},
                 {"not-idempotent", FindingSeverity::note, "V1.1__prices.sql", 7, 5, {}}}},
            FindingAccepted{{"1.1"},
                            sha256("script"),
                            "index-create-blocking",
                            "V1.1__prices.sql",
                            3,
                            "the table is new"},
            MigrationTested{{"1.1"},
                            sha256("script"),
                            sha256("down"),
                            TestSuite::rollback,
                            false,
                            {{"up", true, ""}, {"down", false, "table \"prices\" stays"}},
                            sha256("catalog before"),
                            sha256("catalog after"),
                            "15.20",
                            345'678},
            IntegrityChecked{
                {"production"}, false, {{"orphans of orders.customer", false, "3 rows"}}, 123'456}};
}

inline std::vector<ledger::Event> sample_events() {
    std::vector<ledger::Event> events = sample_ledger_events();
    for (const auto& group :
         {sample_migration_events(), sample_run_events(), sample_attempt_events()})
        events.insert(events.end(), group.begin(), group.end());
    events.push_back(ledger::Opaque{
        "backup-taken.2",
        R"({"bytes":9007199254740991,"keys":[null,true,-1,"\u0001\n"],"of":{"":{}}})"});
    const auto differences = sample_difference_events();
    events.insert(events.end(), differences.begin(), differences.end());
    const auto evidence = sample_evidence_events();
    events.insert(events.end(), evidence.begin(), evidence.end());
    const auto validation = sample_validation_events();
    events.insert(events.end(), validation.begin(), validation.end());
    return events;
}

// The envelope of the sample at `index`; from the second on every member is there.
inline ledger::Record sample_record(ledger::Event event, std::uint8_t index) {
    ledger::Record record;
    record.ledger = uuid_of(1);
    record.position = index;
    record.batch_index = index % 3;
    record.batch_length = 3;
    record.stream = index % 2 == 0 ? "ledger" : "target/production";
    record.stream_version = index / 2 + 1;
    record.id = uuid_of(static_cast<std::uint8_t>(100 + index));
    record.recorded_at_us = 1'795'392'000'000'000 + index;
    record.clock_went_back = index % 5 == 4;
    record.actor = {"u-1000", static_cast<ledger::ActorKind>(index % 3), "os-user", "build-7"};
    record.correlation = uuid_of(3);
    record.tool = "varve/0.1.0";
    record.data = std::move(event);
    if (index == 0) return record;
    record.run = uuid_of(2);
    record.causation = uuid_of(static_cast<std::uint8_t>(99 + index));
    record.reason = "quarterly \"release\"";
    record.ticket = "OPS-7";
    return record;
}

inline std::vector<ledger::Record> sample_records() {
    std::vector<ledger::Record> records;
    for (const ledger::Event& event : sample_events())
        records.push_back(sample_record(event, static_cast<std::uint8_t>(records.size())));
    return records;
}

}  // namespace tests
