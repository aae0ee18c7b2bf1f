// tests/adapters/postgres/stage.hpp: a fresh database, a target on it, and what attempts are made
// of.
#pragma once

#include "adapters/postgres/target_database.hpp"
#include "migrations/sql/script.hpp"
#include "tests/support/cluster.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <libpq-fe.h>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace tests {

// Who holds the run lock of this database.
inline const std::string lock_pid =
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 1986097782 AND objid = 1 "
    "AND objsubid = 2 AND granted";

// Another session, as a person with psql has it.
class Person {
public:
    explicit Person(const std::string& url) : connection_{PQconnectdb(url.c_str()), &PQfinish} {
        PQsetNoticeProcessor(
            connection_.get(), [](void*, const char*) {}, nullptr);
        REQUIRE(PQstatus(connection_.get()) == CONNECTION_OK);
    }

    // The first value of the last result; "(error)" and the SQLSTATE where it failed.
    std::string ask(const std::string& sql) {
        const std::unique_ptr<PGresult, decltype(&PQclear)> result{
            PQexec(connection_.get(), sql.c_str()), &PQclear};
        const char* sqlstate = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
        if (sqlstate != nullptr) return std::string{"(error) "} + sqlstate;
        if (PQntuples(result.get()) == 0) return {};
        return PQgetisnull(result.get(), 0, 0) != 0 ? "(null)" : PQgetvalue(result.get(), 0, 0);
    }

    // Until the query gives that value; false after ten seconds.
    bool sees(const std::string& sql, const std::string& value) {
        for (int tries = 0; tries < 500; ++tries) {
            if (ask(sql) == value) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
        return false;
    }

private:
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

class Watcher final : public commands::AttemptObserver {
public:
    ledger::Result<void> before_effect() override {
        ++effects;
        if (on_effect) on_effect();
        if (refusal) return ledger::fail(*refusal);
        return {};
    }
    ledger::Result<void> statement_succeeded(const ledger::StatementResult& result,
                                             std::uint32_t statement_count) override {
        told.push_back(result.statement_index);
        count = statement_count;
        if (on_statement) on_statement(result.statement_index);
        if (statement_refusal == result.statement_index)
            return ledger::fail(ledger::Code::unavailable, "disk-full",
                                "the ledger's disk is full");
        return {};
    }
    std::optional<std::string> cancelled() override {
        return is_cancelled && is_cancelled() ? std::optional<std::string>{"SIGINT"} : std::nullopt;
    }

    int effects{};
    std::vector<std::uint32_t> told;
    std::uint32_t count{};
    std::optional<ledger::Error> refusal;
    std::optional<std::uint32_t> statement_refusal;
    std::function<void()> on_effect;
    std::function<void(std::uint32_t)> on_statement;
    std::function<bool()> is_cancelled;
};

inline migrations::Script script(const std::string& text) {
    migrations::Script made;
    made.path = "0001_test.sql";
    made.bytes = text;
    made.text = text;
    made.digest = ledger::sha256(text);
    made.statements = migrations::sql::read_statements({made.text, made.path}).statements;
    return made;
}

inline std::shared_ptr<const migrations::Script> shared(migrations::Script from) {
    return std::make_shared<const migrations::Script>(std::move(from));
}

inline commands::AttemptOrder order(migrations::Script from, bool transactional = true) {
    static std::int64_t unix_ms = 1'700'000'000'000;
    commands::AttemptOrder made;
    auto& marker = made.marker;
    marker.attempt = ledger::new_uuid(++unix_ms);
    marker.version = {"20261122093000"};
    marker.name = "naïve \"name\"";
    marker.digest = from.digest;
    marker.target = "production";
    marker.system_identifier = "7301234567890123456";
    marker.database_oid = 4'000'000'000U;
    marker.ledger = ledger::new_uuid(unix_ms);
    marker.ledger_size = 12;
    marker.ledger_root = ledger::sha256("root");
    marker.statements_total = static_cast<std::uint32_t>(from.statements.size());
    marker.applied_by = "o'hara@example.com";
    made.script = shared(std::move(from));
    made.transactional = transactional;
    return made;
}

inline commands::SessionSettings settings(const std::string& url) {
    commands::SessionSettings made;
    made.url = url;
    made.lock_timeout = "300ms";
    made.lock_timeout_ms = 300;
    return made;
}

inline std::unique_ptr<commands::TargetDatabase> open(const std::string& url) {
    return must(adapters::postgres::connect(settings(url)));
}

// A database of its own for a test case, with the marker table in it.
struct Stage {
    std::string url{cluster().new_database()};
    Person person{url};
    std::unique_ptr<commands::TargetDatabase> target{open(url)};
    Watcher watcher;

    Stage() { must(target->prepare_markers()); }

    commands::AttemptOutcome run(const commands::AttemptOrder& attempt) {
        return target->execute(attempt, watcher);
    }
    commands::AttemptOutcome run(const std::string& sql) { return run(order(script(sql))); }
    commands::AttemptOutcome run_stepwise(const std::string& sql) {
        return run(order(script(sql), false));
    }

    // Ends the session that works, and leaves that of the run lock.
    bool end_work() {
        return person.ask(
                   "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE "
                   "datname = current_database() AND pid NOT IN (pg_backend_pid(), (" +
                   lock_pid + "))") == "t";
    }

    std::string marker(const commands::AttemptOrder& attempt) {
        return person.ask(
            "SELECT statements_done || ' of ' || statements_total FROM "
            "varve.__migrations_metadata WHERE attempt_id = '" +
            to_text(attempt.marker.attempt) + "'");
    }
    std::string marker_count() {
        return person.ask("SELECT count(*) FROM varve.__migrations_metadata");
    }
};

inline commands::AttemptSucceeded succeeded(const commands::AttemptOutcome& outcome) {
    if (const auto* failure = std::get_if<commands::AttemptFailed>(&outcome))
        FAIL("failed: " << failure->sqlstate.value_or("") << " " << failure->message);
    if (const auto* doubt = std::get_if<commands::AttemptInDoubt>(&outcome))
        FAIL("in doubt: " << doubt->message);
    REQUIRE(std::holds_alternative<commands::AttemptSucceeded>(outcome));
    return std::get<commands::AttemptSucceeded>(outcome);
}

inline commands::AttemptFailed failed(const commands::AttemptOutcome& outcome) {
    if (const auto* doubt = std::get_if<commands::AttemptInDoubt>(&outcome))
        FAIL("in doubt: " << doubt->message);
    REQUIRE(std::holds_alternative<commands::AttemptFailed>(outcome));
    return std::get<commands::AttemptFailed>(outcome);
}

// Makes an INSERT into that table call this during COMMIT: what is deferred runs before that,
// unless it defers itself once more.
inline std::string at_commit(const std::string& table, const std::string& call) {
    return "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN IF NEW.id < 0 THEN "
           "PERFORM " +
           call + "; ELSE SET CONSTRAINTS ALL DEFERRED; INSERT INTO " + table +
           " VALUES (-1); END IF; RETURN NULL; END$$; CREATE CONSTRAINT TRIGGER late AFTER INSERT "
           "ON " +
           table + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION late()";
}

// True, and said aloud by the cluster, where there is no server to test with.
inline bool no_server() { return !cluster().is_available(); }

// A Unix socket, to stand in front of.
inline bool has_own_socket() {
    if (!cluster().has_socket()) WARN("SKIPPED: the test server has no Unix socket");
    return cluster().has_socket();
}

inline bool may_crash() {
    if (!cluster().is_own()) WARN("SKIPPED: the test server is not ours to crash");
    return cluster().is_own();
}

}  // namespace tests
