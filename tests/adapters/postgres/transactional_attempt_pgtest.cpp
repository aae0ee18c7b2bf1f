#include "tests/adapters/postgres/stage.hpp"

#include <atomic>

using commands::AttemptCancelled;
using commands::AttemptInDoubt;
using ledger::FailureCause;
using tests::failed;
using tests::order;
using tests::script;
using tests::Stage;
using tests::succeeded;

TEST_CASE("a migration and its marker are committed together") {
    if (tests::no_server()) return;
    Stage stage;
    const auto attempt =
        order(script("CREATE TABLE a (id int);\nINSERT INTO a VALUES (1), (2), (3);"));
    const auto outcome = succeeded(stage.run(attempt));

    CHECK(stage.person.ask("SELECT count(*) FROM a") == "3");
    CHECK(stage.marker(attempt) == "2 of 2");
    CHECK(stage.watcher.effects == 1);
    CHECK(stage.watcher.told == std::vector<std::uint32_t>{0, 1});
    CHECK(stage.watcher.count == 2);
    REQUIRE(outcome.statements.size() == 2);
    CHECK(outcome.statements[0].command_tag == "CREATE TABLE");
    CHECK_FALSE(outcome.statements[0].row_count);
    CHECK(outcome.statements[1].command_tag == "INSERT 0 3");
    CHECK(outcome.statements[1].row_count == 3U);
    CHECK(outcome.statements[1].line == 2);
    CHECK(outcome.elapsed_us > 0);
}

TEST_CASE("a marker reads back as it was written") {
    if (tests::no_server()) return;
    Stage stage;
    auto attempt = order(script("SELECT 1"));
    attempt.marker.direction = ledger::Direction::down;
    succeeded(stage.run(attempt));
    const auto markers = tests::must(stage.target->markers());
    REQUIRE(markers.size() == 1);
    auto expected = attempt.marker;
    expected.statements_done = 1;
    expected.applied_at_us = markers[0].applied_at_us;
    CHECK(markers[0] == expected);
    CHECK(std::to_string(markers[0].applied_at_us / 1'000'000) ==
          stage.person.ask("SELECT floor(extract(epoch FROM applied_at))::bigint FROM "
                           "varve.__migrations_metadata"));
    CHECK(tests::must(stage.target->settled_marker(attempt.marker.attempt, {})) == expected);
}

TEST_CASE("a file of comments succeeds with a marker of 0 of 0") {
    if (tests::no_server()) return;
    Stage stage;
    const auto attempt = order(script("-- nothing to do\n/* at all */\n"));
    CHECK(succeeded(stage.run(attempt)).statements.empty());
    CHECK(stage.marker(attempt) == "0 of 0");
}

TEST_CASE("a failing statement leaves nothing, and says where in the file it is") {
    if (tests::no_server()) return;
    Stage stage;
    auto from = script("CREATE TABLE a ();\n-- größer\nSELECT 'größe',\n  'é' || missing_column;");
    from.first_line = 11;
    for (auto& statement : from.statements) statement.line += 10;
    const auto failure = failed(stage.run(order(from)));

    CHECK(failure.cause == FailureCause::statement_error);
    CHECK(failure.sqlstate == std::string{"42703"});
    CHECK(failure.statement_index == 1U);
    CHECK(failure.line == 14U);
    CHECK(failure.column == 10U);
    CHECK(failure.statements_done == 0);
    CHECK_FALSE(failure.needs_no_transaction);
    CHECK(stage.person.ask("SELECT to_regclass('a')") == "(null)");
    CHECK(stage.marker_count() == "0");
    CHECK(stage.watcher.effects == 0);
    succeeded(stage.run("CREATE TABLE a ()"));
}

TEST_CASE("hints are kept, and details that quote rows are not") {
    if (tests::no_server()) return;
    Stage stage;
    const auto duplicate = failed(
        stage.run("CREATE TABLE a (secret text UNIQUE); INSERT INTO a VALUES ('s3'), ('s3')"));
    CHECK(duplicate.sqlstate == std::string{"23505"});
    CHECK_FALSE(duplicate.detail);

    const auto raised = failed(
        stage.run("DO $$ BEGIN RAISE EXCEPTION 'no' USING DETAIL = 'more', HINT = 'less'; END $$"));
    CHECK(raised.message == "no");
    CHECK(raised.detail ==
          std::string{"more; PL/pgSQL function inline_code_block line 1 at RAISE"});
    CHECK(raised.hint == std::string{"less"});
}

TEST_CASE("the file's own BEGIN and COMMIT are recognised, with their options") {
    if (tests::no_server()) return;
    Stage stage;
    const auto attempt =
        order(script("BEGIN ISOLATION LEVEL SERIALIZABLE;\nCREATE TABLE a AS SELECT "
                     "current_setting('transaction_isolation') AS level;\nCOMMIT;"));
    const auto outcome = succeeded(stage.run(attempt));
    CHECK(stage.person.ask("SELECT level FROM a") == "serializable");
    REQUIRE(outcome.statements.size() == 3);
    CHECK(outcome.statements[0].command_tag == "BEGIN");
    CHECK(outcome.statements[2].command_tag == "COMMIT");
    CHECK(outcome.statements[0].notices.empty());
    CHECK(stage.marker(attempt) == "3 of 3");
}

TEST_CASE("SET TRANSACTION may be the first statement of a file") {
    if (tests::no_server()) return;
    Stage stage;
    succeeded(
        stage.run("SET lock_timeout = '1s'; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;"
                  "CREATE TABLE a AS SELECT current_setting('transaction_isolation') AS l"));
    CHECK(stage.person.ask("SELECT l FROM a") == "repeatable read");
    const auto late = failed(stage.run("SELECT 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"));
    CHECK(late.sqlstate == std::string{"25001"});
    CHECK_FALSE(late.needs_no_transaction);
}

TEST_CASE("a COMMIT in the middle of a transactional file is refused before anything is sent") {
    if (tests::no_server()) return;
    Stage stage;
    const auto failure = failed(stage.run("CREATE TABLE a (); COMMIT; CREATE TABLE b ();"));
    CHECK(failure.cause == FailureCause::refused);
    CHECK(stage.person.ask("SELECT to_regclass('a')") == "(null)");
}

TEST_CASE("a commit that the parse tree did not show is noticed, and leaves no marker") {
    if (tests::no_server()) return;
    Stage stage;
    auto from = script("CREATE TABLE a (); COMMIT; CREATE TABLE b ();");
    from.statements[1].control = migrations::Control::none;
    const auto failure = failed(stage.run(order(from)));
    CHECK(failure.cause == FailureCause::transaction_ended);
    CHECK(stage.marker_count() == "0");
}

TEST_CASE("a constraint that fails at COMMIT fails the attempt at that step") {
    if (tests::no_server()) return;
    Stage stage;
    const auto failure = failed(
        stage.run("CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES a DEFERRABLE INITIALLY "
                  "DEFERRED); INSERT INTO a VALUES (1, 7)"));
    CHECK(failure.cause == FailureCause::commit_error);
    CHECK(failure.sqlstate == std::string{"23503"});
    CHECK_FALSE(failure.statement_index);
    CHECK(stage.marker_count() == "0");
    CHECK(stage.watcher.effects == 0);
    succeeded(stage.run("CREATE TABLE a ()"));
}

TEST_CASE("what cannot run in a transaction says so, and has left nothing") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "CREATE TABLE t (id int); CREATE PROCEDURE p() LANGUAGE plpgsql AS "
        "'BEGIN COMMIT; END'; CREATE TYPE e AS ENUM ('a')");
    for (const std::string sql :
         {"CREATE INDEX CONCURRENTLY i ON t (id)", "VACUUM t", "CALL p()", "DISCARD ALL",
          "DO 'BEGIN COMMIT; END'", "ALTER TYPE e ADD VALUE 'b'; SELECT 'b'::e"}) {
        INFO(sql);
        const auto failure = failed(stage.run("CREATE TABLE x (); " + sql));
        CHECK(failure.needs_no_transaction);
        CHECK(failure.cause == FailureCause::statement_error);
        CHECK(stage.person.ask("SELECT to_regclass('x')") == "(null)");
    }
}

TEST_CASE("notices are kept, twenty a statement, each cut short") {
    if (tests::no_server()) return;
    Stage stage;
    const auto outcome = succeeded(stage.run(
        "SELECT 1; DO $$ BEGIN FOR i IN 1..30 LOOP RAISE NOTICE '% %', i, repeat('x', 1000); END "
        "LOOP; END $$; DROP TABLE IF EXISTS none"));
    CHECK(outcome.statements[0].notices.empty());
    REQUIRE(outcome.statements[1].notices.size() == 20);
    CHECK(outcome.statements[1].notices[0].starts_with("NOTICE: 1 xxx"));
    CHECK(outcome.statements[1].notices[0].size() <= 500);
    REQUIRE(outcome.statements[2].notices.size() == 1);
    CHECK(outcome.statements[2].notices[0] == "NOTICE: table \"none\" does not exist, skipping");
}

TEST_CASE("a lock that another session holds is our own lock_timeout, NOWAIT is an error") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE a ()");
    stage.person.ask("BEGIN; LOCK TABLE a");
    const auto waited = failed(stage.run("ALTER TABLE a ADD b int"));
    CHECK(waited.cause == FailureCause::lock_timeout);
    CHECK(waited.sqlstate == std::string{"55P03"});
    const auto refused = failed(stage.run("LOCK TABLE a NOWAIT"));
    CHECK(refused.cause == FailureCause::statement_error);
    CHECK(refused.sqlstate == std::string{"55P03"});
    stage.person.ask("COMMIT");
    succeeded(stage.run("ALTER TABLE a ADD b int"));
}

TEST_CASE("an attempt is cancelled while a statement runs") {
    if (tests::no_server()) return;
    Stage stage;
    std::atomic<int> questions{0};
    stage.watcher.is_cancelled = [&] { return ++questions > 3; };
    const auto started = std::chrono::steady_clock::now();
    const auto outcome =
        stage.run("CREATE TABLE a (); SELECT pg_sleep(30); SELECT pg_sleep(30); CREATE TABLE b ()");
    REQUIRE(std::holds_alternative<AttemptCancelled>(outcome));
    CHECK(std::get<AttemptCancelled>(outcome).signal == "SIGINT");
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds{5});
    CHECK(stage.person.ask("SELECT to_regclass('a')") == "(null)");
    CHECK(stage.watcher.effects == 0);
    stage.watcher.is_cancelled = nullptr;
    succeeded(stage.run("CREATE TABLE a ()"));
}

TEST_CASE("once COMMIT is sent no signal cancels it") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE a (id int); " + tests::at_commit("a", "pg_sleep(0.5)"));
    std::optional<std::chrono::steady_clock::time_point> effect;
    stage.watcher.on_effect = [&] { effect = std::chrono::steady_clock::now(); };
    stage.watcher.is_cancelled = [&] {
        return effect &&
               std::chrono::steady_clock::now() - *effect > std::chrono::milliseconds{100};
    };
    const auto attempt = order(script("INSERT INTO a VALUES (1)"));
    succeeded(stage.run(attempt));
    CHECK(stage.marker(attempt) == "1 of 1");
}

TEST_CASE("a backend that is ended in mid-statement has committed nothing") {
    if (tests::no_server()) return;
    Stage stage;
    std::thread killer{[&] {
        tests::Person other{stage.url};
        other.sees(
            "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE query LIKE 'SELECT pg_sleep(30)%' AND state = 'active') x",
            "1");
    }};
    const auto outcome = stage.run("CREATE TABLE a (); SELECT pg_sleep(30)");
    killer.join();
    const auto failure = failed(outcome);
    CHECK(failure.cause == FailureCause::connection_lost);
    CHECK(failure.sqlstate == std::string{"57P01"});
    CHECK(failure.statement_index == 1U);
    succeeded(stage.run("CREATE TABLE a ()"));
}

TEST_CASE(
    "a backend that is ended during COMMIT leaves the attempt in doubt, and settled by none") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE a (id int); " +
                     tests::at_commit("a", "pg_terminate_backend(pg_backend_pid())"));
    const auto attempt = order(script("INSERT INTO a VALUES (1)"));
    const auto outcome = stage.run(attempt);
    REQUIRE(std::holds_alternative<AttemptInDoubt>(outcome));
    CHECK_FALSE(
        tests::must(stage.target->settled_marker(attempt.marker.attempt, std::chrono::seconds{5})));
}

TEST_CASE("nothing is committed where the ledger could not record the start") {
    if (tests::no_server()) return;
    Stage stage;
    stage.watcher.refusal = ledger::Error{ledger::Code::unavailable, "disk-full", "no room", "buy"};
    const auto failure = failed(stage.run("CREATE TABLE a ()"));
    CHECK(failure.cause == FailureCause::refused);
    CHECK(failure.message == "no room");
    CHECK(stage.person.ask("SELECT to_regclass('a')") == "(null)");
}

TEST_CASE("a long script does not deadlock with its own replies") {
    if (tests::no_server()) return;
    Stage stage;
    std::string sql = "CREATE TABLE a (id int, t text);\n";
    for (int index = 0; index < 3000; ++index)
        sql += "INSERT INTO a VALUES (" + std::to_string(index) + ", '" + std::string(2000, 'x') +
               "') RETURNING t;\n";
    const auto outcome = succeeded(stage.run(sql));
    CHECK(outcome.statements.size() == 3001);
    CHECK(stage.person.ask("SELECT count(*) FROM a") == "3000");
}

TEST_CASE("one statement of megabytes that answers with megabytes") {
    if (tests::no_server()) return;
    Stage stage;
    const std::string large(20'000'000, 'y');
    const auto outcome = succeeded(stage.run("SELECT '" + large + "' FROM generate_series(1, 5)"));
    CHECK(outcome.statements[0].row_count == 5U);
}

TEST_CASE("the session for the run lock can be opened beside the first") {
    if (tests::no_server()) return;
    const auto url = tests::cluster().new_database();
    const auto target = tests::must(adapters::postgres::connect(
        tests::settings(url), adapters::postgres::LockSession::at_once));
    CHECK(tests::must(target->lock(std::chrono::milliseconds{0})).obtained);
    const auto rival = tests::open(url);
    CHECK_FALSE(tests::must(rival->lock(std::chrono::milliseconds{0})).obtained);
}
