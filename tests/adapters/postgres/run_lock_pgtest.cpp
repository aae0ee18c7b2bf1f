#include "tests/adapters/postgres/proxy.hpp"
#include "tests/adapters/postgres/stage.hpp"

using namespace std::chrono_literals;
using commands::AttemptInDoubt;
using ledger::FailureCause;
using tests::failed;
using tests::lock_pid;
using tests::must;
using tests::order;
using tests::script;
using tests::Stage;
using tests::succeeded;

namespace {

// The URL with the proxy's socket in place of the server's.
std::string through(const tests::Proxy& proxy, const std::string& url) {
    return url + "&host=" + proxy.folder();
}

}  // namespace

TEST_CASE("of two lockers one runs, and the other learns who holds the lock") {
    if (tests::no_server()) return;
    Stage stage;
    CHECK(must(stage.target->lock(0ms)).obtained);
    CHECK(must(stage.target->lock(0ms)).obtained);

    const auto other = tests::open(stage.url);
    const auto outcome = must(other->lock(300ms));
    CHECK_FALSE(outcome.obtained);
    CHECK(outcome.waited_us >= 250'000);
    REQUIRE(outcome.holder);
    CHECK(std::to_string(outcome.holder->pid) == stage.person.ask(lock_pid));
    CHECK(outcome.holder->application == "varve");
    CHECK(outcome.holder->client == "local");
    CHECK(std::to_string(outcome.holder->since_us / 1'000'000).size() == 10);

    std::thread release{[&] {
        std::this_thread::sleep_for(200ms);
        stage.target.reset();
    }};
    const auto later = must(other->lock(5s));
    release.join();
    CHECK(later.obtained);
    CHECK(later.waited_us >= 100'000);
}

TEST_CASE("who waits for the lock holds up no concurrent build") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE t (id int)");
    must(stage.target->lock(0ms));
    std::thread waiter{[url = stage.url] {
        const auto other = must(adapters::postgres::connect(tests::settings(url)));
        must(other->lock(1s));
    }};
    succeeded(stage.run_stepwise("CREATE INDEX CONCURRENTLY i ON t (id)"));
    waiter.join();
}

TEST_CASE("nothing is committed once the run lock's session has ended") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->lock(0ms));
    const auto end_lock = [&] {
        stage.person.ask("SELECT pg_terminate_backend((" + lock_pid + "))");
        stage.person.sees("SELECT count(*) FROM (" + lock_pid + ") x", "0");
    };
    SECTION("before the statements") {
        end_lock();
        const auto failure = failed(stage.run("CREATE TABLE a ()"));
        CHECK(failure.cause == FailureCause::connection_lost);
    }
    SECTION("between the statements and the marker") {
        stage.person.ask(
            "CREATE FUNCTION end_lock() RETURNS void LANGUAGE sql AS $$ SELECT "
            "pg_terminate_backend((" +
            lock_pid + ")); SELECT pg_sleep(0.3) $$");
        const auto failure = failed(stage.run("CREATE TABLE a (); SELECT end_lock()"));
        CHECK(failure.cause == FailureCause::connection_lost);
    }
    SECTION("between the marker and COMMIT") {
        stage.watcher.on_effect = end_lock;
        const auto failure = failed(stage.run("CREATE TABLE a ()"));
        CHECK(failure.cause == FailureCause::connection_lost);
    }
    SECTION("between two statements that are run stepwise") {
        stage.watcher.on_statement = [&](std::uint32_t index) {
            if (index == 0) end_lock();
        };
        const auto failure = failed(stage.run_stepwise("CREATE TABLE b (); CREATE TABLE a ()"));
        CHECK(failure.cause == FailureCause::connection_lost);
        CHECK(failure.statements_done == 1);
    }
    CHECK(stage.person.ask("SELECT to_regclass('a')") == "(null)");
    CHECK(must(stage.target->lock(0ms)).obtained);
    stage.watcher = {};
    succeeded(stage.run("CREATE TABLE a ()"));
}

TEST_CASE("a statement that cannot be undone is marked though the run lock was lost meanwhile") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->lock(0ms));
    stage.person.ask(
        "CREATE FUNCTION slow(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM "
        "pg_terminate_backend((" +
        lock_pid +
        ")), pg_sleep(0.3); RETURN $1; END $$; CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
    const auto attempt =
        order(script("CREATE INDEX CONCURRENTLY i ON t (slow(id)); CREATE TABLE a ()"), false);
    const auto failure = failed(stage.run(attempt));
    CHECK(failure.cause == FailureCause::connection_lost);
    CHECK(failure.statements_done == 1);
    CHECK(stage.marker(attempt) == "1 of 2");
    CHECK(stage.person.ask("SELECT to_regclass('a')") == "(null)");
}

TEST_CASE("a session that nobody uses is ended by the server, and one with the run lock is kept") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->lock(0ms));
    const auto began =
        "SELECT query_start::text FROM pg_stat_activity WHERE pid = (" + lock_pid + ")";
    const auto before = stage.person.ask(began);
    const auto moved =
        "SELECT state_change > query_start + interval '1 second' AND state = 'idle' "
        "FROM pg_stat_activity WHERE pid = (" +
        lock_pid + ")";
    CHECK(stage.person.sees(moved, "t"));
    CHECK(stage.person.ask(began) == before);
}

TEST_CASE("a connection cut while COMMIT is under way is in doubt until the fence is free") {
    if (tests::no_server()) return;
    if (!tests::has_own_socket()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE a (id int); " + tests::at_commit("a", "pg_sleep(1)"));
    tests::Proxy proxy{
        tests::cluster().host(), tests::cluster().port(),
        [](std::string& bytes) { return bytes.find("\0COMMIT", 0, 7) == std::string::npos; },
        nullptr};
    const auto target = tests::open(through(proxy, stage.url));
    const auto attempt = order(script("INSERT INTO a VALUES (1)"));
    const auto outcome = target->execute(attempt, stage.watcher);
    REQUIRE(std::holds_alternative<AttemptInDoubt>(outcome));

    const auto held = tests::error_of(stage.target->settled_marker(attempt.marker.attempt, 0ms));
    CHECK(held.reason == "fence-held");
    const auto pid = stage.person.ask(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 LIMIT 1");
    CHECK(held.detail.find(": pid " + pid + " (") != std::string::npos);
    CHECK(held.help.find("pg_terminate_backend(" + pid + ")") != std::string::npos);
    CHECK(stage.marker(attempt).empty());
    const auto marker = must(stage.target->settled_marker(attempt.marker.attempt, 10s));
    REQUIRE(marker);
    CHECK(marker->statements_done == 1);
    CHECK(stage.person.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == "0");
}

TEST_CASE("a pooler is recognised, and accepted where it is said to keep sessions") {
    if (tests::no_server()) return;
    if (!tests::has_own_socket()) return;
    const auto url = tests::cluster().new_database();
    const auto lie = [](std::string& bytes) {
        const auto key = bytes.find(std::string{"K\0\0\0\x0c", 5});
        if (key != std::string::npos) bytes[key + 8] = static_cast<char>(bytes[key + 8] ^ 1);
        return true;
    };
    tests::Proxy proxy{tests::cluster().host(), tests::cluster().port(), nullptr, lie};
    auto settings = tests::settings(through(proxy, url));
    const auto refused = adapters::postgres::connect(settings);
    CHECK(tests::error_of(refused).reason == "pooler-found");
    CHECK(tests::error_of(refused).code == ledger::Code::refused);

    settings.pooler_is_session = true;
    const auto target = must(adapters::postgres::connect(settings));
    must(target->prepare_markers());
    CHECK(must(target->lock(0ms)).obtained);
    tests::Watcher watcher;
    tests::Person person{url};
    for (const std::string table : {"a", "b"}) {
        succeeded(target->execute(order(script("CREATE TABLE " + table +
                                               " AS SELECT current_setting('lock_timeout') AS l; "
                                               "SET lock_timeout = '9s'")),
                                  watcher));
        CHECK(person.ask("SELECT l FROM " + table) == "300ms");
    }
}
