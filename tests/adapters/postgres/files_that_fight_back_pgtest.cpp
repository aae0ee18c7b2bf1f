#include "tests/adapters/postgres/stage.hpp"

using ledger::FailureCause;
using tests::failed;
using tests::order;
using tests::script;
using tests::Stage;
using tests::succeeded;

namespace {

// Both ways of running must survive the same file.
void check_both_ways(const std::string& before, const std::string& sql) {
    INFO(sql);
    for (const bool transactional : {true, false}) {
        INFO((transactional ? "in one transaction" : "stepwise"));
        Stage stage;
        stage.person.ask(before);
        const auto attempt = order(script(sql), transactional);
        succeeded(stage.run(attempt));
        const auto count = std::to_string(attempt.script->statements.size());
        CHECK(stage.marker(attempt) == count + " of " + count);
        CHECK(stage.person.ask("SELECT to_regclass('public.done') IS NOT NULL") == "t");

        // The next file starts as on a fresh connection.
        succeeded(
            stage.run("CREATE TABLE seen AS SELECT current_user::text AS who, "
                      "current_setting('search_path') AS path, "
                      "current_setting('lock_timeout') AS lock_timeout, "
                      "to_regclass('pg_temp.scratch') IS NULL AS clean"));
        CHECK(stage.person.ask("SELECT who FROM public.seen") == stage.person.ask("SELECT user"));
        CHECK(stage.person.ask("SELECT path FROM public.seen") == "\"$user\", public");
        CHECK(stage.person.ask("SELECT lock_timeout FROM public.seen") == "300ms");
        CHECK(stage.person.ask("SELECT clean FROM public.seen") == "t");
    }
}

const std::string role =
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'varve_test_app') THEN CREATE "
    "ROLE varve_test_app; END IF; END $$; GRANT CREATE ON SCHEMA public TO varve_test_app";

}  // namespace

TEST_CASE("a file that becomes another role does not hinder its marker") {
    if (tests::no_server()) return;
    check_both_ways(role, "SET ROLE varve_test_app; CREATE TABLE public.done ()");
    check_both_ways(role, "SET SESSION AUTHORIZATION varve_test_app; CREATE TABLE public.done ()");
    check_both_ways(role, "SET LOCAL ROLE varve_test_app; CREATE TABLE public.done ()");
    check_both_ways(role,
                    "SET SESSION AUTHORIZATION varve_test_app; SET ROLE varve_test_app; CREATE "
                    "TABLE public.done (); RESET ROLE; RESET SESSION AUTHORIZATION");
}

TEST_CASE("a role that a file has taken is still there in its later statements") {
    if (tests::no_server()) return;
    for (const std::string setting :
         {"SET ROLE varve_test_app", "SET SESSION AUTHORIZATION varve_test_app"}) {
        INFO(setting);
        Stage stage;
        stage.person.ask(role);
        succeeded(stage.run_stepwise(setting + "; CREATE TABLE public.one (); VACUUM pg_class;"
                                               "CREATE TABLE public.two ()"));
        CHECK(stage.person.ask("SELECT string_agg(tableowner, ' ') FROM pg_tables WHERE tablename "
                               "IN ('one', 'two')") == "varve_test_app varve_test_app");
    }
}

TEST_CASE("a file that changes the session does not hinder its marker") {
    if (tests::no_server()) return;
    check_both_ways("", "RESET ALL; CREATE TABLE public.done ()");
    check_both_ways("", "SET search_path = nowhere; CREATE TABLE public.done ()");
    check_both_ways("", "SELECT set_config('search_path', '', false); CREATE TABLE public.done ()");
    check_both_ways("", "SET standard_conforming_strings = off; CREATE TABLE public.done ()");
    check_both_ways("", "SET client_encoding = 'LATIN1'; CREATE TABLE public.done ()");
    check_both_ways("",
                    "SET bytea_output = 'escape'; SET DateStyle = 'German, DMY'; SET TimeZone = "
                    "'Asia/Kathmandu'; CREATE TABLE public.done ()");
    check_both_ways("", "SET synchronous_commit = off; CREATE TABLE public.done ()");
    check_both_ways("",
                    "SET default_transaction_isolation = serializable; SET "
                    "lock_timeout = '9s'; CREATE TABLE public.done ()");
    check_both_ways("", "SELECT pg_advisory_unlock_all(); CREATE TABLE public.done ()");
}

TEST_CASE("temporary objects of a file do not shadow the marker, nor stay for the next file") {
    if (tests::no_server()) return;
    check_both_ways("",
                    "CREATE TEMP TABLE scratch (); CREATE TEMP TABLE __migrations_metadata (); "
                    "CREATE DOMAIN pg_temp.uuid AS text; CREATE TABLE public.done ()");
    check_both_ways("",
                    "CREATE FUNCTION public.clock_timestamp() RETURNS text LANGUAGE sql AS "
                    "'SELECT 1::text'; CREATE TABLE public.done ()");
}

TEST_CASE("the next file has no prepared statement, cursor or advisory lock of the last one") {
    if (tests::no_server()) return;
    Stage stage;
    const std::string sql =
        "PREPARE p AS SELECT 1; DECLARE c CURSOR WITH HOLD FOR SELECT 1; "
        "SELECT pg_advisory_lock(7); LISTEN x";
    succeeded(stage.run(sql));
    succeeded(stage.run(sql));
    CHECK(stage.person.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == "1");
}

TEST_CASE("DISCARD ALL runs stepwise, and the fence is taken again") {
    if (tests::no_server()) return;
    Stage stage;
    const auto attempt =
        order(script("CREATE TEMP TABLE scratch (); DISCARD ALL; CREATE TABLE done ()"), false);
    stage.watcher.on_statement = [&](std::uint32_t index) {
        INFO(index);
        CHECK(stage.person.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == "1");
    };
    succeeded(stage.run(attempt));
    CHECK(stage.marker(attempt) == "3 of 3");
    CHECK(stage.person.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == "0");
}

TEST_CASE("a file that drops the marker schema fails, and has dropped nothing") {
    if (tests::no_server()) return;
    Stage stage;
    succeeded(stage.run("SELECT 1"));
    const auto failure = failed(stage.run("DROP SCHEMA varve CASCADE; CREATE TABLE a ()"));
    CHECK(failure.cause == FailureCause::marker_error);
    CHECK(stage.marker_count() == "1");
    CHECK(stage.person.ask("SELECT to_regclass('a')") == "(null)");

    const auto stepwise = failed(stage.run_stepwise("DELETE FROM varve.__migrations_metadata"));
    CHECK(stepwise.cause == FailureCause::marker_error);
    CHECK(stage.marker_count() == "2");
}

TEST_CASE("a file that touches markers of others, or their table, fails and has changed nothing") {
    if (tests::no_server()) return;
    const std::vector<std::string> attacks{
        "DELETE FROM varve.__migrations_metadata",
        "UPDATE varve.__migrations_metadata SET statements_done = 0",
        "CREATE TEMP TABLE forged AS TABLE varve.__migrations_metadata;"
        "UPDATE forged SET attempt_id = gen_random_uuid();"
        "INSERT INTO varve.__migrations_metadata TABLE forged",
        "TRUNCATE varve.__migrations_metadata",
        "DO $$ BEGIN DELETE FROM varve.__migrations_metadata; EXCEPTION WHEN OTHERS THEN END $$",
        "CREATE TABLE kept AS TABLE varve.__migrations_metadata; DROP SCHEMA varve CASCADE;"
        "CREATE SCHEMA varve; CREATE TABLE varve.__migrations_metadata AS TABLE kept",
        "ALTER TABLE varve.__migrations_metadata RENAME TO kept;"
        "CREATE TABLE varve.__migrations_metadata (LIKE varve.kept INCLUDING ALL)",
        "CREATE OPERATOR public.+ (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = int8mi);"
        "SET search_path = public, pg_catalog; DELETE FROM varve.__migrations_metadata",
        "CREATE FUNCTION gone() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN"
        " DELETE FROM varve.__migrations_metadata; END $$;"
        "CREATE EVENT TRIGGER gone ON ddl_command_end EXECUTE FUNCTION gone(); CREATE TABLE a ()",
    };
    for (const auto& sql : attacks) {
        INFO(sql);
        for (const bool transactional : {true, false}) {
            Stage stage;
            const auto other = order(script("SELECT 1"));
            succeeded(stage.run(other));
            const auto attempt = order(script("BEGIN; " + sql + "; COMMIT"), transactional);
            CHECK(failed(stage.run(attempt)).cause == FailureCause::marker_error);
            CHECK(stage.marker(other) == "1 of 1");
            CHECK(stage.marker_count() == (transactional ? "1" : "2"));
            succeeded(stage.run("CREATE TABLE a ()"));
        }
    }
}

TEST_CASE("reading the markers, or looking at their table, is nobody's fault") {
    if (tests::no_server()) return;
    check_both_ways("",
                    "CREATE TABLE public.done AS TABLE varve.__migrations_metadata; "
                    "ANALYZE varve.__migrations_metadata");
    check_both_ways("",
                    "COMMENT ON TABLE varve.__migrations_metadata IS 'read only'; CREATE TABLE "
                    "public.done (); GRANT SELECT ON varve.__migrations_metadata TO PUBLIC");
}

TEST_CASE("a trigger on the marker table that takes the marker away fails the attempt") {
    if (tests::no_server()) return;
    Stage stage;
    const auto failure = failed(
        stage.run("CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; "
                  "END $$; CREATE TRIGGER no BEFORE INSERT ON varve.__migrations_metadata FOR EACH "
                  "ROW EXECUTE FUNCTION no()"));
    CHECK(failure.cause == FailureCause::marker_error);
    CHECK(stage.marker_count() == "0");
    succeeded(stage.run("SELECT 1"));
}

TEST_CASE("two-phase commit, chains and ROLLBACK are refused before anything is sent") {
    if (tests::no_server()) return;
    Stage stage;
    for (const std::string end : {"PREPARE TRANSACTION 'x'", "COMMIT AND CHAIN", "ROLLBACK",
                                  "BEGIN; ROLLBACK AND CHAIN; COMMIT"}) {
        INFO(end);
        const auto failure = failed(stage.run("CREATE TABLE a (); " + end));
        CHECK(failure.cause == FailureCause::refused);
        CHECK(stage.person.ask("SELECT to_regclass('a')") == "(null)");
    }
    CHECK(stage.person.ask("SELECT count(*) FROM pg_prepared_xacts") == "0");
}

TEST_CASE("PREPARE TRANSACTION that the parse tree did not show is noticed") {
    if (tests::no_server()) return;
    Stage stage;
    auto from = script("CREATE TABLE a (); PREPARE TRANSACTION 'hidden'");
    from.statements[1].control = migrations::Control::none;
    const auto failure = failed(stage.run(order(from)));
    CHECK(failure.cause == FailureCause::transaction_ended);
    CHECK(stage.marker_count() == "0");
    stage.person.ask("ROLLBACK PREPARED 'hidden'");
}

TEST_CASE("an event trigger that raises fails the statement, not the session") {
    if (tests::no_server()) return;
    Stage stage;
    const auto failure = failed(stage.run(
        "CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
        "'no DDL'; END $$; CREATE EVENT TRIGGER no ON ddl_command_start EXECUTE FUNCTION no(); "
        "CREATE TABLE a ()"));
    CHECK(failure.message == "no DDL");
    CHECK(failure.statement_index == 2U);
    succeeded(stage.run("CREATE TABLE a ()"));
}

TEST_CASE("COPY from and to the client is refused, and the next file runs") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE t AS SELECT 1 AS id");
    auto from = script("COPY t FROM STDIN");
    CHECK(failed(stage.run(order(from))).cause == FailureCause::refused);
    from.statements.at(0).copies_from_stdin = false;  // as if the parse tree had not shown it
    CHECK(failed(stage.run(order(from))).cause == FailureCause::refused);
    CHECK(failed(stage.run("COPY t TO STDOUT")).cause == FailureCause::refused);
    succeeded(stage.run("SELECT * FROM t"));
}

TEST_CASE("a verify script runs inside the attempt, and is always rolled back") {
    if (tests::no_server()) return;
    for (const bool transactional : {true, false}) {
        Stage stage;
        auto attempt = order(script("CREATE TABLE a (id int)"), transactional);
        attempt.verify = tests::shared(
            script("BEGIN; INSERT INTO a VALUES (1); SET ROLE NONE; SELECT id FROM a; "
                   "ROLLBACK;"));
        succeeded(stage.run(attempt));
        CHECK(stage.person.ask("SELECT count(*) FROM a") == "0");

        auto failing = order(script("CREATE TABLE b (id int)"), transactional);
        failing.verify = tests::shared(script("SELECT 1;\nSELECT 1 / count(*) FROM b;"));
        const auto failure = failed(stage.run(failing));
        CHECK(failure.cause == FailureCause::statement_error);
        CHECK(failure.message == "verify script 0001_test.sql:2:1: division by zero");
        CHECK(stage.person.ask("SELECT to_regclass('b')") == "(null)");
    }
}

TEST_CASE("a file that makes its own transaction read only fails at the marker, and says why") {
    if (tests::no_server()) return;
    Stage stage;
    const auto failure = failed(stage.run("SET TRANSACTION READ ONLY; SELECT 1"));
    CHECK(failure.cause == FailureCause::marker_error);
    CHECK(failure.sqlstate == "25006");
    const auto stepwise =
        failed(stage.run_stepwise("SET default_transaction_read_only = on; CREATE TABLE a ()"));
    CHECK(stepwise.sqlstate == "25006");
    CHECK(stepwise.statements_done == 1);
    succeeded(stage.run("CREATE TABLE a ()"));
}

TEST_CASE("a file that reshapes the marker table fails, and has reshaped nothing") {
    if (tests::no_server()) return;
    Stage stage;
    for (const std::string change :
         {"DROP COLUMN statements_done", "RENAME COLUMN applied_by TO by", "ADD UNIQUE (version)",
          "ALTER COLUMN version TYPE varchar(20)", "ADD CHECK (name = '') NOT VALID"}) {
        INFO(change);
        succeeded(stage.run("SELECT 1"));
        failed(stage.run("ALTER TABLE varve.__migrations_metadata " + change));
    }
    CHECK(stage.marker_count() == "5");
}

TEST_CASE("a file of comments alone is done, whichever way it runs") {
    if (tests::no_server()) return;
    for (const bool transactional : {true, false}) {
        Stage stage;
        const auto attempt = order(script("-- nothing yet\n/* at all */"), transactional);
        succeeded(stage.run(attempt));
        CHECK(stage.marker(attempt) == "0 of 0");
    }
}

TEST_CASE("an event trigger that forbids new tables is met before anything is run") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "DROP SCHEMA varve CASCADE; CREATE FUNCTION no() RETURNS event_trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no DDL here'; END $$; CREATE EVENT TRIGGER no ON "
        "ddl_command_start WHEN TAG IN ('CREATE SCHEMA', 'CREATE TABLE') EXECUTE FUNCTION no()");
    const auto error = tests::error_of(tests::open(stage.url)->prepare_markers());
    CHECK(error.reason == "server-error");
    CHECK(error.detail.find("no DDL here") != std::string::npos);
    CHECK(stage.person.ask("SELECT to_regnamespace('varve')") == "(null)");
}
