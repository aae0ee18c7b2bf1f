#include "tests/adapters/postgres/stage.hpp"

#include <catch2/catch.hpp>

using commands::AttemptSucceeded;
using ledger::FailureCause;
using tests::failed;
using tests::order;
using tests::script;
using tests::Stage;
using tests::succeeded;

namespace {

// Its trigger leans on the path and the role of who has written.
const std::string noting_tables =
    "CREATE TABLE entry (id int); CREATE TABLE seen (id int, who text, path text);"
    "GRANT INSERT ON entry, seen TO varve_test_app;"
    "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF to_regclass('seen') IS "
    "NOT NULL THEN INSERT INTO seen VALUES (NEW.id, current_user, current_setting('search_path'));"
    " END IF; RAISE WARNING 'noted %', NEW.id; RETURN NULL; END $$;"
    "CREATE CONSTRAINT TRIGGER note AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION note()";

const std::string writer_role =
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'varve_test_app') THEN CREATE "
    "ROLE varve_test_app; END IF; END $$";

const std::string all_seen = "SELECT string_agg(id || ' ' || who, ', ' ORDER BY id) FROM seen";

}  // namespace

TEST_CASE("what a file defers is run in the session as the file leaves it") {
    if (tests::no_server()) return;
    for (const bool transactional : {true, false}) {
        INFO((transactional ? "in one transaction" : "stepwise"));
        Stage stage;
        stage.person.ask(writer_role);
        stage.person.ask(noting_tables);
        const auto user = stage.person.ask("SELECT user");
        const auto outcome =
            succeeded(stage.run(order(script("INSERT INTO entry VALUES (1)"), transactional)));
        CHECK(stage.person.ask(all_seen) == "1 " + user);
        REQUIRE(outcome.statements.size() == 1);
        CHECK(outcome.statements[0].notices == std::vector<std::string>{"WARNING: noted 1"});
        succeeded(stage.run(
            order(script("BEGIN; SET ROLE varve_test_app; SET LOCAL search_path TO public, pg_temp;"
                         "INSERT INTO entry VALUES (2); COMMIT"),
                  transactional)));
        CHECK(stage.person.ask(all_seen) == "1 " + user + ", 2 varve_test_app");
        CHECK(stage.person.ask("SELECT path FROM seen WHERE id = 2") == "public, pg_temp");
        CHECK(stage.marker_count() == "2");
    }
}

TEST_CASE("what a file defers is run at its end, where several share a transaction") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(writer_role);
    stage.person.ask(noting_tables);
    const auto outcome = stage.target->execute_together(
        {order(script("SET ROLE varve_test_app; INSERT INTO entry VALUES (1)")),
         order(script("INSERT INTO entry VALUES (2)"))},
        stage.watcher);
    REQUIRE(std::holds_alternative<AttemptSucceeded>(outcome.end));
    CHECK(stage.person.ask(all_seen) == "1 varve_test_app, 2 " + stage.person.ask("SELECT user"));
}

TEST_CASE("a deferred trigger that fails is the file's, and said to be deferred") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "CREATE TABLE a (id int); CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE 'not balanced'; END $$; CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON a"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()");
    for (const bool transactional : {true, false}) {
        const auto failure =
            failed(stage.run(order(script("INSERT INTO a VALUES (1); SELECT 1"), transactional)));
        if (!transactional) continue;  // the first of two steps: nothing else is told
        CHECK(failure.cause == FailureCause::commit_error);
        CHECK(failure.message == "not balanced");
        CHECK(failure.hint.value_or("").find("of what the file has written") != std::string::npos);
        CHECK_FALSE(failure.statement_index);
    }
    CHECK(stage.person.ask("SELECT count(*) FROM a") == "0");
}

TEST_CASE("a transaction that the file rolls back runs nothing that it has deferred") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(writer_role);
    stage.person.ask(noting_tables);
    succeeded(stage.run_stepwise(
        "BEGIN; INSERT INTO entry VALUES (1); ROLLBACK; INSERT INTO entry VALUES (2)"));
    CHECK(stage.person.ask("SELECT string_agg(id::text, ' ') FROM seen") == "2");
}

TEST_CASE("a verify script sees what was deferred, and may defer again") {
    if (tests::no_server()) return;
    for (const bool transactional : {true, false}) {
        INFO((transactional ? "in one transaction" : "stepwise"));
        Stage stage;
        stage.person.ask(writer_role);
        stage.person.ask(noting_tables);
        stage.person.ask(
            "CREATE TABLE p (id int PRIMARY KEY);"
            "CREATE TABLE c (p int CONSTRAINT key REFERENCES p DEFERRABLE INITIALLY DEFERRED);"
            "CREATE TABLE other (p int CONSTRAINT key REFERENCES p);"
            "CREATE TABLE at_once (p int REFERENCES p DEFERRABLE);"
            "CREATE TABLE late (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED)");
        auto attempt = order(script("INSERT INTO entry VALUES (1)"), transactional);
        attempt.verify =
            tests::shared(script("SELECT 1 / count(*) FROM seen; INSERT INTO late VALUES (7);"
                                 "DO $$ BEGIN INSERT INTO at_once VALUES (7); RAISE 'taken';"
                                 " EXCEPTION WHEN foreign_key_violation THEN NULL; END $$"));
        succeeded(stage.run(attempt));
        CHECK(stage.person.ask("SELECT count(*) FROM late") == "0");
        CHECK(stage.marker(attempt) == "1 of 1");
    }
}

TEST_CASE("a wait for a lock within what is deferred is tried again") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(writer_role);
    stage.person.ask(noting_tables);
    tests::Person holder{stage.url};
    holder.ask("BEGIN");
    holder.ask("LOCK TABLE seen");
    const auto failure = failed(stage.run("INSERT INTO entry VALUES (1)"));
    CHECK(failure.cause == FailureCause::lock_timeout);
    holder.ask("ROLLBACK");
    succeeded(stage.run("INSERT INTO entry VALUES (1)"));
}
