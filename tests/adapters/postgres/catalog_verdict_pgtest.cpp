#include "tests/adapters/postgres/stage.hpp"

using commands::CatalogVerdict;
using tests::must;
using tests::order;
using tests::Person;
using tests::script;
using tests::Stage;
using tests::succeeded;

namespace {

CatalogVerdict look(Stage& stage, const std::string& sql) {
    INFO(sql);
    return must(stage.target->look_for(script(sql), 0, {}));
}

using Texts = std::vector<std::string>;

Texts begun(Stage& stage, const std::string& sql,
            ledger::Direction direction = ledger::Direction::up, const Texts& before = {}) {
    INFO(sql);
    return must(stage.target->begun(script(sql), 0, direction, {before, {}}));
}

}  // namespace

TEST_CASE("the catalog tells of tablespaces") {
    if (tests::no_server()) return;
    Stage stage;
    const auto name = "varve_look_" + stage.person.ask("SELECT pg_backend_pid()");
    const auto create = "CREATE TABLESPACE " + name + " LOCATION '/nowhere'";
    CHECK(look(stage, create) == CatalogVerdict::did_not_happen);
    CHECK(look(stage, "DROP TABLESPACE " + name) == CatalogVerdict::happened);
    stage.person.ask("SET allow_in_place_tablespaces = on");
    stage.person.ask("CREATE TABLESPACE " + name + " LOCATION ''");
    CHECK(look(stage, create) == CatalogVerdict::happened);
    CHECK(look(stage, "DROP TABLESPACE " + name) == CatalogVerdict::did_not_happen);
    stage.person.ask("DROP TABLESPACE " + name);
}

TEST_CASE("the catalog tells of subscriptions and their publications, in this database alone") {
    if (tests::no_server()) return;
    Stage stage;
    Stage elsewhere;
    const std::string create = "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION a";
    elsewhere.person.ask(create + " WITH (connect = false)");
    CHECK(look(stage, create) == CatalogVerdict::did_not_happen);
    CHECK(look(stage, "DROP SUBSCRIPTION s") == CatalogVerdict::happened);
    stage.person.ask(create + " WITH (connect = false)");
    CHECK(look(stage, create) == CatalogVerdict::happened);
    CHECK(look(stage, "DROP SUBSCRIPTION s") == CatalogVerdict::did_not_happen);
    CHECK(look(stage, "ALTER SUBSCRIPTION s ADD PUBLICATION b") == CatalogVerdict::did_not_happen);
    CHECK(look(stage, "ALTER SUBSCRIPTION s DROP PUBLICATION b") == CatalogVerdict::happened);
    stage.person.ask("ALTER SUBSCRIPTION s ADD PUBLICATION b WITH (refresh = false)");
    CHECK(look(stage, "ALTER SUBSCRIPTION s ADD PUBLICATION a, b") == CatalogVerdict::happened);
    CHECK(look(stage, "ALTER SUBSCRIPTION s DROP PUBLICATION b") == CatalogVerdict::did_not_happen);
    for (Stage* each : {&stage, &elsewhere}) {
        each->person.ask("ALTER SUBSCRIPTION s SET (slot_name = NONE)");
        each->person.ask("DROP SUBSCRIPTION s");
    }
}

TEST_CASE("a partition that is half detached is finalised by the retry") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "CREATE TABLE p (id int) PARTITION BY LIST (id);"
        "CREATE TABLE c PARTITION OF p FOR VALUES IN (1)");
    const std::string detach = "ALTER TABLE p DETACH PARTITION c CONCURRENTLY";
    if (stage.person.ask("SELECT current_setting('server_version_num')::int < 140000") == "t")
        return;
    CHECK(look(stage, detach) == CatalogVerdict::did_not_happen);

    Person reader{stage.url};
    reader.ask("BEGIN; SELECT FROM p");
    stage.person.ask("SET statement_timeout = '300ms'");
    CHECK(stage.person.ask(detach) == "(error) 57014");
    reader.ask("COMMIT");
    CHECK(stage.person.ask("SELECT inhdetachpending FROM pg_inherits") == "t");
    CHECK(look(stage, detach) == CatalogVerdict::did_not_happen);
    CHECK(begun(stage, detach) ==
          Texts{"the partition \"c\" is detached by half: its rows are not in \"p\" any more"});
    succeeded(stage.run_stepwise(detach));
    CHECK(begun(stage, detach).empty());
    CHECK(stage.person.ask("SELECT count(*) FROM pg_inherits") == "0");
    CHECK(look(stage, detach) == CatalogVerdict::happened);
}

TEST_CASE("the catalog tells of an index that is half dropped, or half built on the way back") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "CREATE TABLE t (id int); INSERT INTO t VALUES (1), (1); CREATE INDEX i ON t (id)");
    const std::string drop = "DROP INDEX CONCURRENTLY i";
    CHECK(begun(stage, drop).empty());
    stage.person.ask("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass");
    CHECK(begun(stage, drop) ==
          Texts{"the index public.i is dropped by half, and no query uses it"});
    CHECK(begun(stage, drop, ledger::Direction::up, {"public.i"}).empty());
    stage.person.ask("DROP INDEX i");
    CHECK(begun(stage, drop).empty());

    const std::string build = "CREATE UNIQUE INDEX CONCURRENTLY j ON t (id)";
    CHECK(stage.person.ask(build) == "(error) 23505");
    CHECK(begun(stage, build).empty());
    CHECK(begun(stage, build, ledger::Direction::down) ==
          Texts{"the index public.j is built by half"});
}

TEST_CASE("a CALL, and a build that the server names, cannot be told") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE t (id int)");
    CHECK(look(stage, "CALL fill()") == CatalogVerdict::cannot_tell);
    CHECK(look(stage, "DO $$ BEGIN COMMIT; END $$") == CatalogVerdict::cannot_tell);
    CHECK(look(stage, "CREATE INDEX CONCURRENTLY ON t (id)") == CatalogVerdict::cannot_tell);
    CHECK(look(stage, "CREATE INDEX CONCURRENTLY t_id ON t (id)") ==
          CatalogVerdict::did_not_happen);
}
