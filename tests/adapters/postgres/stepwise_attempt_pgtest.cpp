#include "tests/adapters/postgres/stage.hpp"

using commands::AttemptCancelled;
using commands::AttemptInDoubt;
using commands::CatalogVerdict;
using ledger::FailureCause;
using tests::failed;
using tests::order;
using tests::script;
using tests::Stage;
using tests::succeeded;

namespace {

const std::string invalid_count = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";

// The same script again, from where the last attempt stopped.
commands::AttemptOrder resumed(const commands::AttemptOrder& last, std::uint32_t statements_done) {
    auto next = order(*last.script, false);
    next.first_statement_index = statements_done;
    next.indexes_before = last.indexes_before;
    return next;
}

}  // namespace

TEST_CASE("each statement is committed with its marker, and told") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE t (id int)");
    const auto attempt = order(script("INSERT INTO t VALUES (1);\nCREATE INDEX CONCURRENTLY i ON t "
                                      "(id);\nVACUUM t;\nINSERT INTO t VALUES (2), (3);"),
                               false);
    std::vector<std::string> markers;
    stage.watcher.on_effect = [&] { markers.push_back(stage.marker(attempt)); };
    stage.watcher.on_statement = [&](std::uint32_t) { markers.push_back(stage.marker(attempt)); };
    const auto outcome = succeeded(stage.run(attempt));
    CHECK(markers == std::vector<std::string>{"", "1 of 4", "2 of 4", "3 of 4", "4 of 4"});
    CHECK(stage.watcher.told == std::vector<std::uint32_t>{0, 1, 2, 3});
    CHECK(stage.watcher.effects == 1);
    REQUIRE(outcome.statements.size() == 4);
    CHECK(outcome.statements[1].command_tag == "CREATE INDEX");
    CHECK(outcome.statements[3].row_count == 2U);
    CHECK(stage.person.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == "0");
}

TEST_CASE("a file of only a concurrent build begins with a committed marker of 0 of n") {
    if (tests::no_server()) return;
    Stage stage;
    const auto attempt = order(script("CREATE INDEX CONCURRENTLY i ON missing (id)"), false);
    const auto failure = failed(stage.run(attempt));
    CHECK(failure.sqlstate == std::string{"42P01"});
    CHECK(failure.statements_done == 0);
    CHECK(failure.statement_index == 0U);
    CHECK(failure.column == 1U);  // the server gives no position
    CHECK(stage.marker(attempt) == "0 of 1");
}

TEST_CASE("a transaction of the file is one step, and a COMMIT without one is none") {
    if (tests::no_server()) return;
    Stage stage;
    const auto attempt = order(
        script("CREATE TABLE t (id int); COMMIT; BEGIN; INSERT INTO t VALUES (1); INSERT INTO t "
               "VALUES (2); COMMIT; VACUUM t; BEGIN; INSERT INTO t VALUES (3); ROLLBACK;"),
        false);
    std::vector<std::string> markers;
    stage.watcher.on_statement = [&](std::uint32_t) { markers.push_back(stage.marker(attempt)); };
    const auto outcome = succeeded(stage.run(attempt));
    CHECK(markers == std::vector<std::string>{"1 of 10", "2 of 10", "6 of 10", "6 of 10", "6 of 10",
                                              "6 of 10", "7 of 10", "10 of 10", "10 of 10",
                                              "10 of 10"});
    CHECK(outcome.statements.size() == 10);
    CHECK(stage.person.ask("SELECT sum(id) FROM t") == "3");
}

TEST_CASE("an attempt goes on at the first statement that is not done, with its settings") {
    if (tests::no_server()) return;
    Stage stage;
    const auto first = order(
        script("CREATE SCHEMA s; SET search_path = s; CREATE TABLE t (id int); INSERT INTO t "
               "SELECT 1 / (SELECT count(*) FROM public.ready); CREATE INDEX CONCURRENTLY ON t "
               "(id)"),
        false);
    stage.person.ask("CREATE TABLE ready ()");
    const auto failure = failed(stage.run(first));
    CHECK(failure.statements_done == 3);
    CHECK(failure.statement_index == 3U);
    CHECK(stage.marker(first) == "3 of 5");

    stage.person.ask("INSERT INTO ready DEFAULT VALUES");
    const auto second = resumed(first, 3);
    const auto outcome = succeeded(stage.run(second));
    REQUIRE(outcome.statements.size() == 2);
    CHECK(outcome.statements[0].statement_index == 3);
    CHECK(stage.person.ask("SELECT count(*) FROM s.t") == "1");
    CHECK(stage.marker(second) == "5 of 5");
    CHECK(stage.marker(first) == "3 of 5");
}

TEST_CASE("a retry of a failed build drops what it left, and nothing else") {
    if (tests::no_server()) return;
    for (const std::string name : {"", "i"}) {
        INFO(name);
        Stage stage;
        stage.person.ask("CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1)");
        stage.person.ask("CREATE UNIQUE INDEX CONCURRENTLY older ON t (id)");
        auto first =
            order(script("CREATE UNIQUE INDEX CONCURRENTLY " + name + " ON t (id)"), false);
        first.indexes_before = tests::must(stage.target->invalid_indexes(*first.script));
        CHECK(first.indexes_before == std::vector<std::string>{"public.older"});
        CHECK(failed(stage.run(first)).sqlstate == std::string{"23505"});
        CHECK(stage.person.ask(invalid_count) == "2");
        CHECK(tests::must(stage.target->look_for(*first.script, 0, {first.indexes_before, {}})) ==
              CatalogVerdict::did_not_happen);

        stage.person.ask("DELETE FROM t");
        succeeded(stage.run(resumed(first, 0)));
        CHECK(stage.person.ask(invalid_count) == "1");
        CHECK(stage.person.ask("SELECT count(*) FROM pg_indexes WHERE tablename = 't'") == "2");
        CHECK(tests::must(stage.target->look_for(*first.script, 0, {first.indexes_before, {}})) ==
              (name.empty() ? CatalogVerdict::cannot_tell : CatalogVerdict::happened));
    }
}

TEST_CASE("a retry of REINDEX CONCURRENTLY drops the copy that it left") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "CREATE TABLE t (id int); INSERT INTO t VALUES (1); CREATE FUNCTION f(int) "
        "RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1'; CREATE INDEX i ON t "
        "(f(id))");
    stage.person.ask(
        "CREATE OR REPLACE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS "
        "'SELECT $1 / 0'");
    const auto first = order(script("REINDEX INDEX CONCURRENTLY i"), false);
    CHECK(failed(stage.run(first)).sqlstate == std::string{"22012"});
    CHECK(stage.person.ask(invalid_count) == "1");
    stage.person.ask(
        "CREATE OR REPLACE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS "
        "'SELECT $1'");
    succeeded(stage.run(resumed(first, 0)));
    CHECK(stage.person.ask("SELECT count(*) FROM pg_indexes WHERE tablename = 't'") == "1");
    CHECK(tests::must(stage.target->look_for(*first.script, 0, {})) ==
          CatalogVerdict::did_not_happen);
}

TEST_CASE("IF NOT EXISTS that keeps an invalid index is a failure") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1)");
    stage.person.ask("CREATE UNIQUE INDEX CONCURRENTLY i ON t (id)");
    auto attempt =
        order(script("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON t (id)"), false);
    attempt.indexes_before = {"public.i"};
    const auto failure = failed(stage.run(attempt));
    CHECK(failure.cause == FailureCause::refused);
    CHECK(failure.hint == std::string{"DROP INDEX CONCURRENTLY \"i\", then run again"});
    CHECK(stage.marker(attempt) == "0 of 1");
}

TEST_CASE("our lock_timeout is lifted for a concurrent build, and only for it") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE t (id int)");
    tests::Person other{stage.url};
    other.ask("BEGIN; INSERT INTO t VALUES (1)");
    std::thread release{[&] {
        std::this_thread::sleep_for(std::chrono::milliseconds{900});
        other.ask("COMMIT");
    }};
    const auto outcome = stage.run_stepwise(
        "CREATE INDEX CONCURRENTLY i ON t (id); CREATE TABLE "
        "seen AS SELECT current_setting('lock_timeout') AS l");
    release.join();
    succeeded(outcome);
    CHECK(stage.person.ask("SELECT l FROM seen") == "300ms");

    other.ask("BEGIN; INSERT INTO t VALUES (1)");
    const auto own = failed(
        stage.run_stepwise("SET lock_timeout = '100ms'; CREATE INDEX CONCURRENTLY j ON t (id)"));
    CHECK(own.cause == FailureCause::lock_timeout);
    CHECK(own.statements_done == 1);
    other.ask("COMMIT");
}

TEST_CASE("what turns out to need no transaction is run bare") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "CREATE TABLE t (id int); CREATE PROCEDURE p() LANGUAGE plpgsql AS 'BEGIN "
        "INSERT INTO t VALUES (1); COMMIT; INSERT INTO t VALUES (2); END'");
    auto from = script("CALL p(); VACUUM t; DO 'BEGIN INSERT INTO t VALUES (3); COMMIT; END'");
    for (auto& statement : from.statements) statement.needs_no_transaction = false;
    const auto attempt = order(from, false);
    succeeded(stage.run(attempt));
    CHECK(stage.person.ask("SELECT sum(id) FROM t") == "6");
    CHECK(stage.marker(attempt) == "3 of 3");
    CHECK(tests::must(stage.target->look_for(from, 0, {})) == CatalogVerdict::cannot_tell);
}

TEST_CASE("a cancelled build is resumable, its leftover dropped") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE t (id int)");
    tests::Person other{stage.url};
    other.ask("BEGIN; INSERT INTO t VALUES (1)");
    const auto attempt = order(
        script("INSERT INTO t VALUES (7); CREATE INDEX CONCURRENTLY i ON t (id); SELECT 1"), false);
    stage.watcher.is_cancelled = [&] {
        tests::Person third{stage.url};
        return third.ask(invalid_count) == "1";
    };
    const auto outcome = stage.run(attempt);
    REQUIRE(std::holds_alternative<AttemptCancelled>(outcome));
    CHECK(std::get<AttemptCancelled>(outcome).statements_done == 1);
    other.ask("COMMIT");
    stage.watcher.is_cancelled = nullptr;
    CHECK(stage.marker(attempt) == "1 of 3");
    succeeded(stage.run(resumed(attempt, 1)));
    CHECK(stage.person.ask(invalid_count) == "0");
}

TEST_CASE("a backend that ends during a bare statement leaves it in doubt") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE t (id int)");
    tests::Person other{stage.url};
    other.ask("BEGIN; INSERT INTO t VALUES (1)");
    const auto attempt = order(script("SELECT 1; CREATE INDEX CONCURRENTLY i ON t (id)"), false);
    std::thread killer{[&] {
        tests::Person third{stage.url};
        third.sees(invalid_count, "1");
        third.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE "
            "'CREATE INDEX%' AND state = 'active'");
    }};
    const auto outcome = stage.run(attempt);
    killer.join();
    other.ask("COMMIT");
    REQUIRE(std::holds_alternative<AttemptInDoubt>(outcome));
    const auto marker =
        tests::must(stage.target->settled_marker(attempt.marker.attempt, std::chrono::seconds{5}));
    REQUIRE(marker);
    CHECK(marker->statements_done == 1);
    CHECK(tests::must(stage.target->look_for(*attempt.script, 1, {})) ==
          CatalogVerdict::did_not_happen);
}

TEST_CASE("an error of the ledger stops a stepwise attempt after the statement it was told of") {
    if (tests::no_server()) return;
    Stage stage;
    stage.watcher.statement_refusal = 1;
    const auto attempt =
        order(script("CREATE TABLE a (); CREATE TABLE b (); CREATE TABLE c ()"), false);
    const auto failure = failed(stage.run(attempt));
    CHECK(failure.cause == FailureCause::refused);
    CHECK(failure.statements_done == 2);
    CHECK(stage.marker(attempt) == "2 of 3");
    CHECK(stage.person.ask("SELECT to_regclass('c')") == "(null)");
}

TEST_CASE("the catalog tells of databases, and the marker's count can be corrected") {
    if (tests::no_server()) return;
    Stage stage;
    const auto name = "varve_look_" + stage.person.ask("SELECT pg_backend_pid()");
    auto attempt = order(script("CREATE DATABASE " + name + "; DROP DATABASE IF EXISTS " + name +
                                "; ALTER SYSTEM SET work_mem = '4MB'; ALTER SYSTEM RESET ALL"),
                         false);
    CHECK(tests::must(stage.target->look_for(*attempt.script, 0, {})) ==
          CatalogVerdict::did_not_happen);
    CHECK(tests::must(stage.target->look_for(*attempt.script, 1, {})) == CatalogVerdict::happened);
    CHECK(tests::must(stage.target->look_for(*attempt.script, 2, {})) ==
          CatalogVerdict::did_not_happen);
    stage.watcher.statement_refusal = 0;
    failed(stage.run(attempt));
    CHECK(tests::must(stage.target->look_for(*attempt.script, 0, {})) == CatalogVerdict::happened);
    stage.watcher.statement_refusal.reset();
    succeeded(stage.run(resumed(attempt, 1)));

    tests::must(stage.target->record_done(attempt.marker.attempt, 4));
    CHECK(stage.marker(attempt) == "4 of 4");
    CHECK(tests::error_of(stage.target->record_done(ledger::new_uuid(1), 1)).reason ==
          "marker-missing");
}
