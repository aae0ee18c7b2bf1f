// What is sent behind the COMMIT of another attempt, for the one that is expected to follow.
#include "adapters/postgres/stopwatch.hpp"
#include "tests/adapters/postgres/proxy.hpp"
#include "tests/adapters/postgres/stage.hpp"

#include <catch2/catch.hpp>

using tests::failed;
using tests::must;
using tests::order;
using tests::script;
using tests::Stage;
using tests::succeeded;
using namespace std::chrono_literals;

namespace {

// A sequence keeps what was rolled back.
struct Ahead : Stage {
    commands::AttemptOrder first{order(script("CREATE TABLE b (id int)"))};
    commands::AttemptOrder second{
        order(script("ALTER TABLE a ADD COLUMN n bigint DEFAULT nextval('s')"))};

    Ahead() {
        must(target->lock(0ms));
        person.ask("CREATE TABLE a AS SELECT 1 AS id; CREATE SEQUENCE s");
        succeeded(run("CREATE TABLE before ()"));
    }
    // As one who does not wait for a lock in vain.
    void be_patient() {
        auto patient = tests::settings(url);
        patient.lock_timeout = "60s";
        patient.lock_timeout_ms = 60'000;
        target.reset();
        target = must(adapters::postgres::connect(patient));
        must(target->lock(0ms));
        succeeded(run("CREATE TABLE patient ()"));
    }
    // Whoever waits for a lock; for a watcher, who goes on.
    bool end_waiting() {
        if (person.ask("SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE NOT granted") ==
            "t")
            ++ended_count;
        return false;
    }
    int ended_count{};
    bool was_called() { return person.ask("SELECT is_called FROM s") == "t"; }
    bool has_column() {
        return person.ask(
                   "SELECT count(*) FROM pg_attribute WHERE attrelid = 'a'::regclass AND "
                   "attname = 'n'") == "1";
    }
};

}  // namespace

TEST_CASE("the attempt that is expected begins behind the COMMIT of the one before it") {
    if (tests::no_server()) return;
    Ahead stage;
    stage.target->expect(stage.second);
    succeeded(stage.run(stage.first));
    CHECK(stage.person.sees("SELECT is_called FROM s", "t"));
    CHECK_FALSE(stage.has_column());
    CHECK(stage.marker_count() == "2");
    stage.second.marker.ledger_size = 4711;  // as of now, and not as of when it was expected
    const auto outcome = succeeded(stage.run(stage.second));
    CHECK(outcome.statements.size() == 1);
    CHECK(outcome.elapsed_us >= outcome.statements[0].elapsed_us);
    CHECK(stage.has_column());
    CHECK(stage.marker(stage.second) == "1 of 1");
    CHECK(stage.person.ask("SELECT ledger_size FROM varve.__migrations_metadata ORDER BY "
                           "applied_at DESC LIMIT 1") == "4711");
}

TEST_CASE("it does not begin where the one before it was not committed") {
    if (tests::no_server()) return;
    Ahead stage;
    stage.target->expect(stage.second);
    stage.person.ask(
        "ALTER TABLE varve.__migrations_metadata ADD CONSTRAINT no CHECK (name = 'no') NOT VALID");
    CHECK(failed(stage.run(stage.first)).cause == ledger::FailureCause::marker_error);
    CHECK_FALSE(stage.was_called());
    stage.person.ask("ALTER TABLE varve.__migrations_metadata DROP CONSTRAINT no");
    succeeded(stage.run(stage.first));
    succeeded(stage.run(stage.second));
    CHECK(stage.marker_count() == "3");
}

TEST_CASE("it is undone where another one is executed, a question asked, or nothing comes") {
    if (tests::no_server()) return;
    Ahead stage;
    stage.target->expect(stage.second);
    succeeded(stage.run(stage.first));
    REQUIRE(stage.person.sees("SELECT is_called FROM s", "t"));
    SECTION("another") {
        succeeded(stage.run("CREATE TABLE c ()"));
        succeeded(stage.run("SELECT 1; CREATE TABLE d ()"));
        CHECK(stage.marker_count() == "4");
    }
    SECTION("a question") { CHECK(must(stage.target->markers()).size() == 2); }
    SECTION("nothing") { stage.target.reset(); }
    CHECK_FALSE(stage.has_column());
    CHECK(stage.person.ask("SELECT count(*) FROM pg_locks WHERE relation = 'a'::regclass AND pid "
                           "<> pg_backend_pid()") == "0");
}

TEST_CASE("what is abandoned asks nobody who may be gone, and does not wait for what runs") {
    if (tests::no_server()) return;
    Ahead stage;
    auto patient = tests::settings(stage.url);
    patient.lock_timeout = "60s";
    patient.lock_timeout_ms = 60'000;
    stage.target = must(adapters::postgres::connect(patient));
    const std::string waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    tests::Person holder{stage.url};
    holder.ask("BEGIN; LOCK TABLE a");
    auto watcher = std::make_unique<tests::Watcher>();
    stage.target->expect(stage.second);
    succeeded(stage.target->execute(stage.first, *watcher));
    watcher.reset();
    REQUIRE(stage.person.sees(waiting, "1"));
    const adapters::postgres::Stopwatch stopwatch;
    SECTION("nothing comes") { stage.target.reset(); }
    SECTION("another") { succeeded(stage.run("CREATE TABLE c ()")); }
    CHECK(stopwatch.elapsed_us() < 10'000'000);
    CHECK(stage.person.sees(waiting, "0"));
}

TEST_CASE("where its client was away for long, it is made anew, with a time of its own") {
    if (tests::no_server()) return;
    Ahead stage;
    stage.target->expect(stage.second);
    succeeded(stage.run(stage.first));
    std::this_thread::sleep_for(2s);
    CHECK(succeeded(stage.run(stage.second)).elapsed_us < 1'500'000);
    CHECK(stage.person.ask("SELECT last_value FROM s") == "2");
    CHECK(stage.has_column());
}

TEST_CASE("what fails, waits or is cancelled ahead does so for whoever executes it") {
    if (tests::no_server()) return;
    Ahead stage;
    SECTION("fails") {
        const auto wrong = order(script("ALTER TABLE nowhere ADD COLUMN x int"));
        stage.target->expect(wrong);
        succeeded(stage.run(stage.first));
        const auto failure = failed(stage.run(wrong));
        CHECK(failure.sqlstate == "42P01");
        CHECK(failure.statement_index == 0);
    }
    SECTION("waits for a lock") {
        tests::Person holder{stage.url};
        holder.ask("BEGIN; LOCK TABLE a");
        stage.target->expect(stage.second);
        succeeded(stage.run(stage.first));
        const auto failure = failed(stage.run(stage.second));
        CHECK(failure.cause == ledger::FailureCause::lock_timeout);
        holder.ask("ROLLBACK");
        succeeded(stage.run(stage.second));
    }
    SECTION("is cancelled") {
        tests::Person holder{stage.url};
        holder.ask("BEGIN; LOCK TABLE a");
        stage.target->expect(stage.second);
        succeeded(stage.run(stage.first));
        stage.watcher.is_cancelled = [] { return true; };
        CHECK(std::holds_alternative<commands::AttemptCancelled>(stage.run(stage.second)));
        stage.watcher.is_cancelled = {};
    }
    CHECK_FALSE(stage.marker_count() == "1");
    succeeded(stage.run("CREATE TABLE after ()"));
}

TEST_CASE("a backend that is ended ahead has left nothing, and another begins in its place") {
    if (tests::no_server()) return;
    Ahead stage;
    stage.target->expect(stage.second);
    succeeded(stage.run(stage.first));
    REQUIRE(stage.person.sees("SELECT is_called FROM s", "t"));
    REQUIRE(stage.end_work());
    std::this_thread::sleep_for(20ms);
    stage.watcher.effects = 0;
    stage.watcher.told.clear();
    SECTION("it is made anew") {
        const auto outcome = succeeded(stage.run(stage.second));
        CHECK(outcome.statements.size() == 1);
        CHECK(outcome.elapsed_us >= outcome.statements[0].elapsed_us);
        CHECK(stage.watcher.effects == 1);
        CHECK(stage.watcher.told.size() == 1);
        CHECK(stage.marker(stage.second) == "1 of 1");
        CHECK(stage.has_column());
        succeeded(stage.run("CREATE TABLE after ()"));
    }
    SECTION("but not without the run lock") {
        REQUIRE(stage.person.ask("SELECT pg_terminate_backend((" + tests::lock_pid + "), 5000)") ==
                "t");
        CHECK(failed(stage.run(stage.second)).cause == ledger::FailureCause::connection_lost);
        CHECK_FALSE(stage.has_column());
        CHECK(stage.watcher.effects == 0);
    }
    SECTION("and once: what ends that one is a failure") {
        tests::Person holder{stage.url};
        holder.ask("BEGIN; LOCK TABLE a");
        stage.watcher.is_cancelled = [&] { return stage.end_waiting(); };
        CHECK(failed(stage.run(stage.second)).cause == ledger::FailureCause::connection_lost);
        CHECK(stage.ended_count == 1);
        holder.ask("ROLLBACK");
        CHECK_FALSE(stage.has_column());
    }
}

TEST_CASE("what is ended ahead while it is awaited fails as any other does") {
    if (tests::no_server()) return;
    Ahead stage;
    stage.be_patient();
    tests::Person holder{stage.url};
    holder.ask("BEGIN; LOCK TABLE a");
    stage.target->expect(stage.second);
    succeeded(stage.run(stage.first));
    stage.watcher.is_cancelled = [&] { return stage.end_waiting(); };
    CHECK(failed(stage.run(stage.second)).cause == ledger::FailureCause::connection_lost);
    CHECK(stage.ended_count == 1);
    holder.ask("ROLLBACK");
    CHECK_FALSE(stage.has_column());
    succeeded(stage.run(stage.second));
}

TEST_CASE("where nothing of it was answered when the connection ended, it is made anew") {
    if (tests::no_server() || !tests::has_own_socket()) return;
    Ahead stage;
    tests::Person holder{stage.url};
    holder.ask("BEGIN; LOCK TABLE a");
    bool is_cut = false;
    const auto cut = [&](std::string& bytes) {
        if (is_cut || bytes.find("55P03") == std::string::npos) return true;
        is_cut = true;
        bytes.clear();
        holder.ask("ROLLBACK");
        return false;
    };
    tests::Proxy proxy{tests::cluster().host(), tests::cluster().port(), nullptr, cut};
    stage.target.reset();
    stage.target = tests::open(stage.url + "&host=" + proxy.folder());
    must(stage.target->lock(0ms));
    succeeded(stage.run("CREATE TABLE another ()"));
    stage.target->expect(stage.second);
    succeeded(stage.run(stage.first));
    succeeded(stage.run(stage.second));
    CHECK(is_cut);
    CHECK(stage.has_column());
    CHECK(stage.marker(stage.second) == "1 of 1");
    stage.target.reset();
}

TEST_CASE("nothing is sent ahead of what does more than define, or behind it") {
    if (tests::no_server()) return;
    Ahead stage;
    const auto writes = order(script("INSERT INTO a SELECT nextval('s')"));
    SECTION("ahead") {
        stage.target->expect(writes);
        succeeded(stage.run(stage.first));
        CHECK_FALSE(stage.was_called());
        succeeded(stage.run(writes));
    }
    SECTION("behind") {
        stage.target->expect(stage.second);
        succeeded(stage.run("INSERT INTO a VALUES (2)"));
        CHECK_FALSE(stage.was_called());
    }
    SECTION("of more than one statement") {
        const auto two =
            order(script("ALTER TABLE a ADD COLUMN m bigint DEFAULT nextval('s'); "
                         "CREATE TABLE c ()"));
        stage.target->expect(two);
        succeeded(stage.run(stage.first));
        CHECK_FALSE(stage.was_called());
        succeeded(stage.run(two));
    }
    SECTION("where an event trigger runs code of somebody's") {
        stage.person.ask(
            "CREATE FUNCTION looks() RETURNS event_trigger LANGUAGE plpgsql AS "
            "'BEGIN END'; CREATE EVENT TRIGGER looks ON ddl_command_end EXECUTE "
            "FUNCTION looks()");
        succeeded(stage.run("SELECT 1"));
        stage.target->expect(stage.second);
        succeeded(stage.run(stage.first));
        CHECK_FALSE(stage.was_called());
    }
    SECTION("behind what sessions begin with") {
        const std::string name = stage.person.ask("SELECT current_database()");
        stage.target->expect(stage.second);
        succeeded(stage.run("ALTER DATABASE " + name + " SET work_mem = '5MB'"));
        CHECK_FALSE(stage.was_called());
    }
    succeeded(stage.run(stage.second));
}
