#include "tests/adapters/postgres/stage.hpp"

#include <cstdlib>
#include <fstream>

using adapters::postgres::connect;
using ledger::Code;
using tests::must;
using tests::order;
using tests::script;
using tests::Stage;
using tests::succeeded;

namespace {

std::string setting_seen(Stage& stage, const std::string& url, const std::string& name) {
    const auto target = tests::open(url);
    static int count = 0;
    const auto table = "seen" + std::to_string(++count);
    succeeded(target->execute(
        order(script("SET lock_timeout = '7s'; RESET ALL; CREATE TABLE public." + table +
                     " AS SELECT current_setting('" + name + "') AS value")),
        stage.watcher));
    return stage.person.ask("SELECT value FROM public." + table);
}

class Variable {
public:
    Variable(const char* name, const std::string& value) : name_{name} {
        setenv(name, value.c_str(), 1);
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() { unsetenv(name_); }

private:
    const char* name_;
};

}  // namespace

TEST_CASE("the facts are the server's own") {
    if (tests::no_server()) return;
    Stage stage;
    const auto facts = must(stage.target->facts());
    CHECK(facts.database == stage.person.ask("SELECT current_database()"));
    CHECK(std::to_string(facts.database_oid) ==
          stage.person.ask("SELECT oid FROM pg_database WHERE datname = current_database()"));
    CHECK(facts.system_identifier ==
          stage.person.ask("SELECT system_identifier FROM pg_control_system()"));
    CHECK(facts.user == stage.person.ask("SELECT user"));
    CHECK(stage.person.ask("SHOW server_version").starts_with(facts.version));
    CHECK(std::to_string(facts.version_number) == stage.person.ask("SHOW server_version_num"));
    CHECK_FALSE(facts.read_only);
    REQUIRE(facts.clock_us);
    const std::string before = std::to_string(*facts.clock_us);
    CHECK(stage.person.ask("SELECT clock_timestamp() - to_timestamp(" + before +
                           " / 1e6) "
                           "BETWEEN '-1s' AND '1min'") == "t");
    CHECK(*must(stage.target->facts()).clock_us > *facts.clock_us);  // it goes on
    CHECK(must(tests::open(stage.url + "&options=-cdefault_transaction_read_only%3Don")->facts())
              .read_only);
}

TEST_CASE("startup options are ours, merged with those of the URL, and RESET ALL keeps them") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE SCHEMA s");
    const auto with_path = stage.url + "&options=-csearch_path%3Ds%2C%5C%20public";
    CHECK(setting_seen(stage, with_path, "search_path") == "s, public");
    CHECK(setting_seen(stage, with_path, "lock_timeout") == "300ms");
    CHECK(setting_seen(stage, stage.url + "&options=-c%20lock_timeout%3D1s", "lock_timeout") ==
          "1s");
    CHECK(setting_seen(stage, stage.url, "idle_session_timeout") == "0");
    CHECK(setting_seen(stage, stage.url, "client_connection_check_interval") == "2s");
    CHECK(setting_seen(stage, stage.url, "application_name") == "varve");
    CHECK(setting_seen(stage, stage.url + "&application_name=ci", "application_name") == "ci");
    const Variable options{"PGOPTIONS", "-c work_mem=5MB"};
    CHECK(setting_seen(stage, stage.url, "work_mem") == "5MB");
}

TEST_CASE("keyword strings and PG variables work") {
    if (tests::no_server()) return;
    if (!tests::has_own_socket()) return;
    const auto url = tests::cluster().new_database();
    const auto name = tests::Person{url}.ask("SELECT current_database()");
    const auto& server = tests::cluster();
    const auto facts = [](const std::string& text) { return must(tests::open(text)->facts()); };

    CHECK(facts("host=" + server.host() + " port=" + server.port() + " user=" + server.user() +
                " dbname=" + name)
              .database == name);
    const Variable host_variable{"PGHOST", server.host()};
    const Variable port_variable{"PGPORT", server.port()};
    const Variable user_variable{"PGUSER", server.user()};
    const Variable database_variable{"PGDATABASE", name};
    CHECK(facts("").database == name);
    CHECK(facts("postgresql:///postgres").database == "postgres");
}

TEST_CASE("a password is in no error") {
    if (tests::no_server()) return;
    for (const std::string url :
         {"postgresql://u:hunter2@127.0.0.1:1/hunter2", "postgresql://u:hun/ter2@localhost/db",
          "postgresql://u:hunter2@[::1/db", "host=127.0.0.1 port=1 password=hunter2 hunter2",
          "postgresql://u@127.0.0.1:1/db?password=hunter2", "postgresql://u:hun%ter2@h/db",
          "user=u password='hunter2 host=x", "postgresql://u:ter2/@:hunter2/db"}) {
        INFO(url);
        const auto error = tests::error_of(connect(tests::settings(url)));
        CHECK(error.detail.find("ter2") == std::string::npos);
        CHECK(error.help.find("ter2") == std::string::npos);
        CHECK((error.reason == "target-unreachable" || error.reason == "target-url-invalid"));
    }
    const auto unreachable =
        tests::error_of(connect(tests::settings("postgresql://u:hunter2@127.0.0.1:1/db")));
    CHECK(unreachable.code == Code::unavailable);
    CHECK(unreachable.detail.starts_with("cannot connect to u@127.0.0.1:1/db: "));
}

TEST_CASE("a database that is not there is unreachable") {
    if (tests::no_server()) return;
    const auto error =
        tests::error_of(connect(tests::settings(tests::cluster().url("no such database"))));
    CHECK(error.reason == "target-unreachable");
    CHECK(error.detail.find("no such database") != std::string::npos);
}

TEST_CASE("markers are prepared once, whoever comes first") {
    if (tests::no_server()) return;
    const auto url = tests::cluster().new_database();
    CHECK(must(tests::open(url)->markers()).empty());
    std::vector<std::thread> threads;
    std::vector<std::string> errors(6);
    for (auto& error : errors)
        threads.emplace_back([&error, url] {
            auto target = connect(tests::settings(url));
            const auto made = target ? (*target)->prepare_markers()
                                     : ledger::Result<void>{ledger::fail(target.error())};
            error = made ? "" : made.error().detail;
        });
    for (auto& each : threads) each.join();
    CHECK(errors == std::vector<std::string>(6));
    must(tests::open(url)->prepare_markers());
    CHECK(must(tests::open(url)->markers()).empty());
}

// On a database with synchronous_commit = off a crash of the server would take away what the ledger
// says is there.
TEST_CASE("markers that no attempt wrote are durable, and so is their table") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "ALTER DATABASE " + stage.person.ask("SELECT current_database()") +
        " SET synchronous_commit = off; DROP SCHEMA varve CASCADE;"
        "CREATE TABLE seen (what text, setting text); CREATE FUNCTION made() RETURNS "
        "event_trigger LANGUAGE plpgsql AS $$BEGIN INSERT INTO public.seen VALUES (tg_tag, "
        "current_setting('synchronous_commit')); END$$; CREATE EVENT TRIGGER made ON "
        "ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION made();"
        "CREATE FUNCTION written() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN INSERT "
        "INTO public.seen VALUES (tg_op, current_setting('synchronous_commit')); "
        "RETURN NULL; END$$");
    auto fresh = tests::open(stage.url);
    must(fresh->prepare_markers());
    stage.person.ask(
        "CREATE CONSTRAINT TRIGGER written AFTER INSERT OR UPDATE ON varve.__migrations_metadata"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION written()");
    const auto attempt = order(script("SELECT 1; SELECT 2"), false);
    must(fresh->write_markers({attempt.marker}));
    must(fresh->record_done(attempt.marker.attempt, 1));
    // The second table is that of checkpoints.
    CHECK(stage.person.ask("SELECT string_agg(what || ' ' || setting, ', ') FROM seen") ==
          "CREATE TABLE on, CREATE TABLE on, INSERT on, UPDATE on");
    fresh.reset();
    CHECK(tests::Person{stage.url}.ask("SHOW synchronous_commit") == "off");
}

TEST_CASE("a table of that name that is not ours is refused") {
    if (tests::no_server()) return;
    const auto url = tests::cluster().new_database();
    tests::Person person{url};
    const auto refusal = [&] {
        const auto error = tests::error_of(tests::open(url)->prepare_markers());
        CHECK(error.reason == "marker-table-foreign");
        return error.detail;
    };
    person.ask("CREATE SCHEMA varve; CREATE TABLE varve.__migrations_metadata (version text)");
    CHECK(refusal().find("no column attempt_id") != std::string::npos);
    person.ask(
        "DROP TABLE varve.__migrations_metadata; CREATE VIEW varve.__migrations_metadata AS "
        "SELECT 1");
    CHECK(refusal().find("not a table") != std::string::npos);
    person.ask("DROP VIEW varve.__migrations_metadata");
    must(tests::open(url)->prepare_markers());
    person.ask("ALTER TABLE varve.__migrations_metadata ALTER duration_ms TYPE int");
    CHECK(refusal().find("duration_ms is integer, not bigint") != std::string::npos);
}

TEST_CASE("who reads markers from a table that is not ours is told so, too") {
    if (tests::no_server()) return;
    const auto url = tests::cluster().new_database();
    tests::Person person{url};
    person.ask("CREATE SCHEMA varve");
    const auto refused = [&](const std::string& made, const std::string& dropped) {
        INFO(made);
        person.ask(made);
        const auto target = tests::open(url);
        for (const auto& error :
             {tests::error_of(target->markers()),
              tests::error_of(target->settled_marker(ledger::new_uuid(1), {}))}) {
            CHECK(error.code == Code::refused);
            CHECK(error.reason == "marker-table-foreign");
            CHECK(error.help.find("another marker_schema") != std::string::npos);
        }
        person.ask(dropped);
    };
    refused("CREATE TABLE varve.__migrations_metadata (x int)",
            "DROP TABLE varve.__migrations_metadata");
    refused("CREATE VIEW varve.__migrations_metadata AS SELECT 1 AS x",
            "DROP VIEW varve.__migrations_metadata");
    must(tests::open(url)->prepare_markers());
    refused("ALTER TABLE varve.__migrations_metadata ALTER digest TYPE text",
            "DROP TABLE varve.__migrations_metadata");
}

TEST_CASE("a role that may not ask when the server was started knows the server all the same") {
    if (tests::no_server()) return;
    if (!tests::has_own_socket()) return;
    const auto url = tests::cluster().new_database();
    tests::Person person{url};
    person.ask("DROP ROLE IF EXISTS varve_test_late; CREATE ROLE varve_test_late LOGIN");
    person.ask("REVOKE EXECUTE ON FUNCTION pg_postmaster_start_time() FROM PUBLIC");
    const auto name = person.ask("SELECT current_database()");
    const auto target =
        must(connect(tests::settings(tests::cluster().url(name, "varve_test_late"))));
    CHECK(must(target->facts()).system_identifier ==
          person.ask("SELECT system_identifier FROM pg_control_system()"));
}

TEST_CASE("a schema name is quoted, and an ordinary role is enough") {
    if (tests::no_server()) return;
    if (!tests::has_own_socket()) return;
    const auto url = tests::cluster().new_database();
    tests::Person person{url};
    person.ask("DROP ROLE IF EXISTS varve_test_plain; CREATE ROLE varve_test_plain LOGIN");
    person.ask("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC");
    const auto name = person.ask("SELECT current_database()");
    auto settings = tests::settings(tests::cluster().url(name, "varve_test_plain"));
    settings.marker_schema = "Über \"varve\"";

    const auto refused = must(connect(settings))->prepare_markers();
    CHECK(tests::error_of(refused).reason == "permission-denied");
    person.ask(
        "CREATE SCHEMA \"Über \"\"varve\"\"\" AUTHORIZATION varve_test_plain; GRANT CREATE "
        "ON SCHEMA public TO varve_test_plain");
    const auto target = must(connect(settings));
    CHECK(must(target->facts()).system_identifier.empty());
    must(target->prepare_markers());
    CHECK(must(target->lock({})).obtained);
    tests::Watcher watcher;
    succeeded(target->execute(order(script("CREATE TABLE a ()")), watcher));
    succeeded(target->execute(
        order(script("VACUUM a; CREATE INDEX CONCURRENTLY i ON a ((1))"), false), watcher));
    CHECK(must(target->markers()).size() == 2);
}

TEST_CASE("after the server has crashed the next attempt opens a session of its own") {
    if (tests::no_server()) return;
    if (!tests::may_crash()) return;
    Stage stage;
    succeeded(stage.run("CREATE TABLE a ()"));
    tests::cluster().crash();
    const auto outcome = stage.run("CREATE TABLE b ()");
    if (const auto* failure = std::get_if<commands::AttemptFailed>(&outcome))
        CHECK(failure->cause == ledger::FailureCause::connection_lost);
    succeeded(stage.run("CREATE TABLE c ()"));
}
