// tests/projections/target_history.hpp: the events of one target, in the words of a test.
#pragma once

#include "tests/projections/recorded_ledger.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace tests {

struct Half {
    std::uint32_t statements_done{};
    bool resumable{};
};

class TargetHistory {
public:
    TargetHistory(RecordedLedger& ledger, std::string name)
        : ledger_(ledger), target_{std::move(name)}, stream_(ledger::target_stream(target_)) {}

    ledger::Direction direction = ledger::Direction::up;
    bool transactional = true;
    std::uint32_t first_statement_index = 0;
    std::vector<std::string> indexes_before;
    std::vector<std::string> begun;  // by what failed
    std::optional<std::string> settled_from;

    [[nodiscard]] const ledger::Target& target() const { return target_; }

    std::uint64_t known(std::string database = "app") {
        return add(ledger::TargetRegistered{target_, std::move(database), "7300000000000000001", 5,
                                            "15.8", "varve"});
    }
    std::uint64_t seen(const std::string& version, const std::string& up = "up") {
        ledger::MigrationRegistered e;
        e.version = {version};
        e.name = "name of " + version;
        e.layout = "varve";
        e.path = version + ".up.sql";
        e.up = ledger::reference({up, "sql"});
        return ledger_.add(ledger::migration_stream(e.version), e);
    }
    std::uint64_t revised(const std::string& version, const std::string& up) {
        ledger::MigrationRevised e;
        e.version = {version};
        e.name = "new name of " + version;
        e.path = version + ".new.sql";
        e.up = ledger::reference({up, "sql"});
        return ledger_.add(ledger::migration_stream(e.version), e);
    }
    std::uint64_t run(std::uint8_t number, std::uint32_t migration_count = 1) {
        ledger_.run = uuid(number);
        if (direction == ledger::Direction::down)
            return add(ledger::RollbackStarted{target_, plan(), migration_count, {}, "15.8"});
        return add(ledger::RunStarted{target_, plan(), migration_count, {}, "15.8"});
    }
    std::uint64_t finished(ledger::Outcome outcome, std::uint32_t done, std::uint32_t failed = 0,
                           std::uint32_t skipped = 0) {
        if (direction == ledger::Direction::down)
            return add(ledger::RollbackFinished{target_, outcome, done, failed, skipped, 900});
        return add(ledger::RunFinished{target_, outcome, done, failed, skipped, 900});
    }
    std::uint64_t started(std::uint8_t attempt, const std::string& version,
                          const std::string& digest_of = "up", std::uint32_t statement_count = 3) {
        ledger::AttemptStarted e;
        e.attempt = uuid(attempt);
        e.target = target_;
        e.version = {version};
        e.name = "name of " + version;
        e.direction = direction;
        e.digest = ledger::sha256(digest_of);
        e.try_number = 1;
        e.transactional = transactional;
        e.statement_count = statement_count;
        e.first_statement_index = first_statement_index;
        e.indexes_before = indexes_before;
        return add(e);
    }
    std::uint64_t statement(std::uint8_t attempt, const std::string& version,
                            std::uint32_t statement_index) {
        ledger::StatementSucceeded e;
        e.attempt = uuid(attempt);
        e.target = target_;
        e.version = {version};
        e.statement_count = 3;
        e.result.statement_index = statement_index;
        return add(e);
    }
    std::uint64_t succeeded(std::uint8_t attempt, const std::string& version,
                            const std::string& digest_of = "up") {
        ledger::AttemptSucceeded e;
        e.attempt = uuid(attempt);
        e.target = target_;
        e.version = {version};
        e.direction = direction;
        e.digest = ledger::sha256(digest_of);
        e.elapsed_us = 1500;
        e.statement_count = 3;
        e.settled_from = settled_from;
        return add(e);
    }
    std::uint64_t failed(std::uint8_t attempt, const std::string& version, Half half = {},
                         const std::string& digest_of = "up") {
        ledger::AttemptFailed e;
        e.attempt = uuid(attempt);
        e.target = target_;
        e.version = {version};
        e.direction = direction;
        e.digest = ledger::sha256(digest_of);
        e.sqlstate = "42P07";
        e.message = "relation \"orders\" already exists";
        e.line = 7;
        e.statement_index = half.statements_done;
        e.statements_done = half.statements_done;
        e.statement_count = 3;
        e.resumable = half.resumable;
        e.survivors = begun;
        e.settled_from = settled_from;
        return add(e);
    }
    std::uint64_t cancelled(std::uint8_t attempt, const std::string& version, Half half = {}) {
        ledger::AttemptCancelled e;
        e.attempt = uuid(attempt);
        e.target = target_;
        e.version = {version};
        e.direction = direction;
        e.digest = ledger::sha256("up");
        e.signal = "SIGINT";
        e.statements_done = half.statements_done;
        e.statement_count = 3;
        e.resumable = half.resumable;
        return add(e);
    }
    std::uint64_t refused(std::uint8_t run) {
        ledger_.run = uuid(run);
        return add(ledger::RunRefused{target_, "reconcile", "migration-changed", "0001 differs"});
    }
    std::uint64_t waited() {
        ledger::LockWaited e;
        e.target = target_;
        return add(e);
    }
    // `digest_of` empty: it does not count as applied from now on.
    std::uint64_t resolved(const std::string& version, ledger::DifferenceKind kind,
                           ledger::Resolution resolution, const std::string& digest_of) {
        ledger::DifferenceResolved e;
        e.target = target_;
        e.version = {version};
        e.name = "name of " + version;
        e.kind = kind;
        e.resolution = resolution;
        e.previous_digest = ledger::sha256("up");
        if (!digest_of.empty()) e.digest = ledger::sha256(digest_of);
        e.attempt = uuid(200);
        return add(e);
    }
    std::uint64_t adopted(const std::string& version, const std::string& digest_of) {
        ledger::MigrationAdopted e;
        e.target = target_;
        e.version = {version};
        e.name = "name of " + version;
        e.source = ledger::AdoptionSource::import;
        e.digest = ledger::sha256(digest_of);
        e.attempt = uuid(201);
        e.applied_at_us = 1'700'000'000'000'000;
        return add(e);
    }
    std::uint64_t add(ledger::Event event) { return ledger_.add(stream_, std::move(event)); }

private:
    static ledger::ContentReference plan() { return ledger::reference({"{}\n", "plan"}); }

    RecordedLedger& ledger_;
    ledger::Target target_;
    std::string stream_;
};

}  // namespace tests
