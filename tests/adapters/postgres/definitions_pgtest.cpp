#include "adapters/postgres/marker_table.hpp"
#include "tests/adapters/postgres/stage.hpp"

using ledger::FailureCause;
using tests::failed;
using tests::must;
using tests::order;
using tests::script;
using tests::Stage;
using tests::succeeded;
using namespace std::chrono_literals;

TEST_CASE("scripts that only define take turns with others in one session") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->lock(0ms));
    succeeded(stage.run("CREATE TABLE a (id int)"));
    succeeded(stage.run("ALTER TABLE a ADD COLUMN name text"));
    succeeded(stage.run("SET search_path = pg_temp; DEALLOCATE ALL; SET client_encoding = LATIN1"));
    succeeded(stage.run("CREATE TABLE public.b (id int); CREATE INDEX ON b (id)"));
    CHECK(failed(stage.run("ALTER TABLE a ADD COLUMN name text")).sqlstate == "42701");
    succeeded(stage.run("CREATE TABLE varve.x ()"));
    succeeded(stage.run("BEGIN; CREATE VIEW v AS SELECT id FROM a; COMMIT"));
    CHECK(stage.marker_count() == "6");
}

TEST_CASE("what a script that only defines has called leaves nothing to the next") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->lock(0ms));
    stage.person.ask(
        "CREATE TABLE a AS SELECT 1 AS id; CREATE SCHEMA elsewhere; CREATE FUNCTION moves()"
        " RETURNS text LANGUAGE sql VOLATILE AS"
        " $$ SELECT set_config('search_path', 'elsewhere', false) $$");
    for (const char* next : {"CREATE TABLE c ()", "CREATE TABLE d (); SELECT 1"}) {
        succeeded(stage.run("ALTER TABLE public.a ADD COLUMN b text DEFAULT public.moves()"));
        succeeded(stage.run("ALTER TABLE public.a DROP COLUMN b"));
        succeeded(stage.run("ALTER TABLE public.a ADD COLUMN b text DEFAULT public.moves()"));
        succeeded(stage.run(next));
        succeeded(stage.run("ALTER TABLE public.a DROP COLUMN b"));
    }
    CHECK(stage.person.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'elsewhere'") == "0");
}

TEST_CASE("a session that ends between two scripts that define is opened anew") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->lock(0ms));
    succeeded(stage.run("CREATE TABLE a (id int)"));
    REQUIRE(stage.end_work());
    succeeded(stage.run("CREATE TABLE b (id int)"));
    CHECK(stage.marker_count() == "2");
}

TEST_CASE("markers are made where their witness's table is refused") {
    if (tests::no_server()) return;
    Stage stage;
    stage.target.reset();
    stage.person.ask(R"(DROP SCHEMA IF EXISTS varve CASCADE;
        CREATE FUNCTION no_checkpoint() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN
            IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands()
                       WHERE object_identity LIKE '%.checkpoint') THEN
                RAISE EXCEPTION 'no such table here'; END IF; END$$;
        CREATE EVENT TRIGGER no_checkpoint ON ddl_command_end EXECUTE FUNCTION no_checkpoint())");
    must(tests::open(stage.url)->prepare_markers());
    CHECK(stage.person.ask("SELECT string_agg(relname, ' ') FROM pg_class"
                           " WHERE relnamespace = 'varve'::regnamespace AND relkind = 'r'") ==
          "__migrations_metadata");
}

TEST_CASE("the first statement of a script that only defines has its own time") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->lock(0ms));
    stage.person.ask(
        "CREATE TABLE a AS SELECT 1 AS id; CREATE FUNCTION slow() RETURNS int LANGUAGE sql "
        "VOLATILE "
        "AS 'SELECT 1 FROM pg_sleep(0.3)'");
    const auto outcome = succeeded(
        stage.run("ALTER TABLE a ADD COLUMN b int DEFAULT slow(); CREATE TABLE c (id int)"));
    REQUIRE(outcome.statements.size() == 2);
    // Of the 300 ms; a busy machine may read the answer before it late.
    CHECK(outcome.statements[0].elapsed_us > 150'000);
    CHECK(outcome.statements[1].elapsed_us < outcome.statements[0].elapsed_us);
    const auto begun =
        succeeded(stage.run("BEGIN; ALTER TABLE a ADD COLUMN d int DEFAULT slow(); COMMIT"));
    REQUIRE(begun.statements.size() == 3);
    CHECK(begun.statements[1].elapsed_us > 150'000);
}

namespace {

// The marker's statement as a person's session has it prepared, with what the fence told.
class Prepared {
public:
    explicit Prepared(Stage& stage) : stage_{stage} {
        const auto string = must(adapters::postgres::parse_connection_string(stage.url));
        const auto connection = must(adapters::postgres::Connection::open(string, "test", ""));
        must(markers_.find(*connection));
        for (const auto& command : markers_.preparations(4711))
            REQUIRE(stage.person.ask("PREPARE \"" + command.name + "\" AS " + command.sql) == "");
    }

    std::string execute() {
        const std::string file =
            stage_.person.ask("SELECT pg_relation_filenode('varve.__migrations_metadata')");
        const auto attempt = order(script("CREATE TABLE a ()"));
        const auto command = adapters::postgres::MarkerTable::insert_prepared(
            attempt.marker, {std::string{"t"}, file, count_});
        std::string values;
        for (const auto& value : command.parameters) {
            std::string quoted = *value;
            for (auto at = quoted.find('\''); at != quoted.npos; at = quoted.find('\'', at + 2))
                quoted.insert(at, 1, '\'');
            values += (values.empty() ? "'" : ", '") + quoted + "'";
        }
        return stage_.person.ask("BEGIN; EXECUTE \"" + command.name + "\" (" + values + ")");
    }
    std::string count_{"0"};

private:
    Stage& stage_;
    adapters::postgres::MarkerTable markers_{"varve", 150000};
};

}  // namespace

TEST_CASE("the marker of a script that only defines fails once its run lock's token is free") {
    if (tests::no_server()) return;
    Stage stage;
    Prepared marker{stage};
    tests::Person holder{stage.url};
    holder.ask("SELECT pg_advisory_lock(4711)");
    SECTION("and is durable however little the session asks for") {
        stage.person.ask("SET synchronous_commit = off");
        CHECK(marker.execute() == "on");
        stage.person.ask("ROLLBACK; SET synchronous_commit = remote_apply");
        marker.count_ = "1";  // of this session so far, undone or not
        CHECK(marker.execute() == "remote_apply");
    }
    SECTION("or the table has been changed since the fence") {
        marker.count_ = "1";
        CHECK(marker.execute() == "(error) 23502");
    }
    SECTION("held no more") {
        holder.ask("SELECT pg_advisory_unlock(4711)");
        CHECK(marker.execute() == "(error) 23502");
    }
}

TEST_CASE("a definition that runs somebody's code does not get at the marker table unnoticed") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->lock(0ms));
    stage.person.ask(
        "CREATE FUNCTION ck(int) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DELETE FROM "
        "va'||'rve.__migr'||'ations_metadata'; RETURN true; END $$;"
        "CREATE DOMAIN d AS int CHECK (ck(VALUE)); CREATE TABLE t (a int); INSERT INTO t VALUES "
        "(1)");
    succeeded(stage.run("CREATE TABLE a ()"));
    const auto failure = failed(stage.run("ALTER TABLE t ADD COLUMN z d DEFAULT 5"));
    CHECK(failure.cause == FailureCause::marker_error);
    CHECK(failure.message.find("marker table") != failure.message.npos);
    CHECK(stage.marker_count() == "1");
}

TEST_CASE("what a definition leaves in the session is gone before the next file") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->lock(0ms));
    stage.person.ask(
        "CREATE SCHEMA other; CREATE FUNCTION moves() RETURNS bool LANGUAGE sql AS $$ SELECT "
        "set_config('search_path', 'other', false) <> '' $$");
    SECTION("by a check of a domain") {
        stage.person.ask(
            "CREATE FUNCTION ck(int) RETURNS bool LANGUAGE sql AS 'SELECT public.moves()';"
            "CREATE DOMAIN d AS int CHECK (ck(VALUE)); CREATE TABLE t (a int);"
            "INSERT INTO t VALUES (1)");
        succeeded(stage.run("ALTER TABLE t ADD COLUMN z d DEFAULT 5"));
    }
    SECTION("by an event trigger") {
        stage.person.ask(
            "CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
            "public.moves(); END $$;"
            "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION seen()");
        succeeded(stage.run("CREATE TABLE a1 ()"));
    }
    SECTION("by an event trigger that also undoes what is prepared") {
        stage.person.ask(
            "CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE "
            "'DEALLOCATE ALL'; PERFORM public.moves(); END $$;"
            "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION seen()");
        succeeded(stage.run("CREATE TABLE a1 ()"));
    }
    succeeded(stage.run("CREATE TABLE a2 ()"));
    CHECK(stage.person.ask("SELECT to_regclass('public.a2') IS NOT NULL") == "t");
}

TEST_CASE("an event trigger that a file makes counts from the next one on") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->lock(0ms));
    succeeded(stage.run("CREATE TABLE a1 ()"));
    succeeded(stage.run(
        "CREATE SCHEMA other; CREATE FUNCTION seen() RETURNS event_trigger LANGUAGE plpgsql AS $$"
        " BEGIN PERFORM set_config('search_path', 'other', false); END $$;"
        "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION seen()"));
    succeeded(stage.run("CREATE TABLE a2 ()"));
    succeeded(stage.run("CREATE TABLE a3 ()"));
    CHECK(stage.person.ask("SELECT to_regclass('public.a3') IS NOT NULL") == "t");
}

TEST_CASE("temporary objects and sequences of one file are not there for the next") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->lock(0ms));
    succeeded(stage.run("CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'"));
    CHECK(failed(stage.run("CREATE TABLE r AS SELECT pg_temp.f()")).sqlstate == "42883");
    stage.person.ask("CREATE TABLE a (x int); INSERT INTO a VALUES (1)");
    succeeded(stage.run("ALTER TABLE a ADD COLUMN id serial"));
    CHECK(failed(stage.run("SELECT lastval()")).sqlstate == "55000");
}

TEST_CASE("a marker table with a column of somebody's is no lost lock") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->lock(0ms));
    stage.person.ask("ALTER TABLE varve.__migrations_metadata ADD COLUMN note text NOT NULL");
    const auto failure = failed(stage.run("CREATE TABLE a ()"));
    CHECK(failure.cause == FailureCause::marker_error);
    CHECK(failure.sqlstate == "23502");
}

TEST_CASE("a signal ends a definition whose marker waits for a lock, and nothing of it stays") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->lock(0ms));
    tests::Person holder{stage.url};
    holder.ask("BEGIN; LOCK TABLE varve.__migrations_metadata IN EXCLUSIVE MODE");
    const auto begin = std::chrono::steady_clock::now();
    stage.watcher.is_cancelled = [&] { return std::chrono::steady_clock::now() - begin > 100ms; };
    const auto outcome = stage.run("CREATE TABLE a ()");
    CHECK(std::holds_alternative<commands::AttemptCancelled>(outcome));
    holder.ask("ROLLBACK");
    CHECK(stage.person.ask("SELECT to_regclass('a') IS NULL") == "t");
    CHECK(stage.marker_count() == "0");
}

TEST_CASE("a marker that the table does not keep is missed before anything is committed") {
    if (tests::no_server()) return;
    Stage stage;
    must(stage.target->lock(0ms));
    SECTION("for a trigger that leaves the row out") {
        stage.person.ask(
            "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; "
            "END'; CREATE TRIGGER t BEFORE INSERT ON varve.__migrations_metadata FOR EACH ROW "
            "EXECUTE FUNCTION nothing()");
    }
    SECTION("for a rule") {
        stage.person.ask(
            "CREATE RULE r AS ON INSERT TO varve.__migrations_metadata DO INSTEAD NOTHING");
    }
    CHECK(failed(stage.run("CREATE TABLE a1 ()")).cause == FailureCause::marker_error);
    CHECK(failed(stage.run("CREATE TABLE a1 (); INSERT INTO a1 DEFAULT VALUES")).cause ==
          FailureCause::marker_error);
    CHECK(stage.person.ask("SELECT to_regclass('public.a1')") == "(null)");
    const auto owed = order(script("SELECT 1")).marker;
    const auto written = stage.target->write_markers({owed});
    REQUIRE_FALSE(written);
    CHECK(written.error().reason == "marker-missing");
    CHECK(written.error().detail.find("does not keep") != std::string::npos);
}
