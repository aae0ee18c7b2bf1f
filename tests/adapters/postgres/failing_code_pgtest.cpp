#include "adapters/postgres/failing_code.hpp"
#include "tests/adapters/postgres/stage.hpp"

#include <catch2/catch.hpp>

using ledger::FailureCause;
using tests::failed;
using tests::Stage;
using tests::succeeded;

namespace {

const std::string writing = "while writing the marker: ";

std::string with_trigger(const std::string& body) {
    return "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + body +
           "; RETURN NEW; END $$; CREATE TRIGGER audit BEFORE INSERT ON"
           " varve.__migrations_metadata FOR EACH ROW EXECUTE FUNCTION audit()";
}

void check_blamed(Stage& stage, const std::string& sql, const std::string& sqlstate,
                  const std::string& help) {
    for (const bool transactional : {true, false}) {
        INFO(sql << (transactional ? ", in one transaction" : ", stepwise"));
        const auto failure = failed(stage.run(tests::order(tests::script(sql), transactional)));
        CHECK(failure.cause == FailureCause::marker_error);
        CHECK(failure.sqlstate == sqlstate);
        CHECK(failure.message.starts_with(writing));
        CHECK(failure.hint.value_or("").find(help) != std::string::npos);
        CHECK_FALSE(failure.statement_index);
    }
}

}  // namespace

TEST_CASE("a trigger on the marker table that fails is blamed, and not the file") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE audit_log (tag text); CREATE TABLE t (i int)");
    stage.person.ask(with_trigger("INSERT INTO audit_log VALUES (NEW.version)"));
    check_blamed(stage, "INSERT INTO t VALUES (1)", "42P01", "search_path = pg_catalog");
    stage.person.ask("DROP FUNCTION audit CASCADE");
    stage.person.ask(with_trigger("RAISE 'not today'"));
    check_blamed(stage, "INSERT INTO t VALUES (1)", "P0001", "a trigger on the marker table");
    check_blamed(stage, "CREATE TABLE other ()", "P0001", "a trigger on the marker table");
}

TEST_CASE("a trigger on the marker table is thought of where the server names no code") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE audit_log (tag text); CREATE TABLE t (i int)");
    stage.person.ask(
        "CREATE FUNCTION \"Audit\"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO"
        " audit_log VALUES (NEW.version); RETURN NEW; END $$; CREATE TRIGGER audit BEFORE INSERT ON"
        " varve.__migrations_metadata FOR EACH ROW EXECUTE FUNCTION \"Audit\"()");
    check_blamed(stage, "INSERT INTO t VALUES (1)", "42P01", "a trigger on that is run");
}

TEST_CASE("a marker that has no room, or a character that the database lacks, says so") {
    if (tests::no_server()) return;
    commands::AttemptFailed failure;
    adapters::postgres::ServerError error;
    error.sqlstate = "53100";
    adapters::postgres::blame_marker(error, failure);
    CHECK(failure.hint.value_or("").find("give it room") != std::string::npos);
    CHECK(failure.hint.value_or("").find("trigger") == std::string::npos);
    failure.hint.reset();
    error.sqlstate = "22P05";
    adapters::postgres::blame_marker(error, failure);
    CHECK(failure.hint.value_or("").find("Rename the file") != std::string::npos);
    CHECK(failure.hint.value_or("").find("trigger") == std::string::npos);
}

TEST_CASE("a deferred trigger on the marker table is met at the marker, or at COMMIT") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE t (i int)");
    stage.person.ask(
        "CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today';"
        " END $$; CREATE CONSTRAINT TRIGGER audit AFTER INSERT ON varve.__migrations_metadata"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit()");
    auto failure = failed(stage.run("INSERT INTO t VALUES (1)"));
    CHECK(failure.cause == FailureCause::marker_error);
    CHECK(failure.hint.value_or("").find("a trigger on the marker table") != std::string::npos);
    failure = failed(stage.run_stepwise("INSERT INTO t VALUES (1)"));
    CHECK(failure.cause == FailureCause::commit_error);
    CHECK(failure.hint.value_or("").find("on the marker table") != std::string::npos);
    CHECK(stage.marker_count() == "0");
}

TEST_CASE("a file that is in its marker's way is told how") {
    if (tests::no_server()) return;
    Stage stage;
    check_blamed(stage, "BEGIN; SET TRANSACTION READ ONLY; SELECT 1; COMMIT", "25006",
                 "leave what makes it read only out");
    check_blamed(stage, "BEGIN; DROP SCHEMA varve CASCADE; COMMIT", "42P01",
                 "must leave the marker table alone");
}

TEST_CASE("an event trigger that hinders the marker table is named, with what it needs") {
    if (tests::no_server()) return;
    const auto url = tests::cluster().new_database();
    tests::Person person{url};
    person.ask("CREATE TABLE ddl_log (tag text)");
    person.ask(
        "CREATE FUNCTION log_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO ddl_log VALUES (tg_tag); END $$");
    person.ask("CREATE EVENT TRIGGER \"Log it\" ON ddl_command_end EXECUTE FUNCTION log_ddl()");
    person.ask("CREATE EVENT TRIGGER dropping ON sql_drop EXECUTE FUNCTION log_ddl()");
    person.ask("CREATE EVENT TRIGGER replica ON ddl_command_end EXECUTE FUNCTION log_ddl()");
    person.ask("ALTER EVENT TRIGGER replica ENABLE REPLICA");
    const auto target = tests::open(url);
    const auto prepared = target->prepare_markers();
    REQUIRE_FALSE(prepared);
    CHECK(prepared.error().help.find("(\"Log it\"), with search_path = pg_catalog") !=
          std::string::npos);
    person.ask("ALTER FUNCTION log_ddl() SET search_path = public");
    CHECK(target->prepare_markers());
}

TEST_CASE("of what a session that debugs is told, no notice is kept") {
    if (tests::no_server()) return;
    Stage stage;
    const auto outcome = succeeded(
        stage.run("SET client_min_messages = debug5; CREATE TABLE a (i int PRIMARY KEY);"
                  "DO $$ BEGIN RAISE LOG 'no'; RAISE INFO 'this'; RAISE WARNING 'that'; END $$"));
    REQUIRE(outcome.statements.size() == 3);
    CHECK(outcome.statements[1].notices.empty());
    CHECK(outcome.statements[2].notices == std::vector<std::string>{"INFO: this", "WARNING: that"});
}
