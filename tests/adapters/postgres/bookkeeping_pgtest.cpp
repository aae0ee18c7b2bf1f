#include "adapters/postgres/bookkeeping.hpp"
#include "migrations/bookkeeping/tools.hpp"
#include "tests/adapters/postgres/stage.hpp"

using migrations::bookkeeping::Cell;
using migrations::bookkeeping::TableShape;
using tests::must;
using tests::Stage;

namespace {

std::unique_ptr<commands::Bookkeeping> books_of(const Stage& stage,
                                                const std::string& parameters = {}) {
    commands::SessionSettings settings;
    settings.url = stage.url + parameters;
    return must(adapters::postgres::open_bookkeeping(settings));
}

}  // namespace

TEST_CASE("other tools' tables are found in any schema, whatever their names are") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(R"(CREATE SCHEMA "We""ird, {schema}";
        CREATE TABLE "We""ird, {schema}"."the ""versions\" (b int, "A" text);
        CREATE VIEW public.schema_migrations AS SELECT 1 AS version;
        CREATE TABLE public.unrelated (a int))");
    const auto books = books_of(stage);
    const auto found =
        must(books->tables_named({"the \"versions\\", "schema_migrations", "pg_class", "no"}));
    REQUIRE(found.size() == 2);
    CHECK(found[0] == TableShape{R"(We"ird, {schema})", R"(the "versions\)", {"b", "A"}});
    CHECK(found[1] == TableShape{"public", "schema_migrations", {"version"}});
    stage.person.ask(R"(INSERT INTO "We""ird, {schema}"."the ""versions\" VALUES (1, 'x'))");
    const auto table = must(books->read_table(found[0]));
    CHECK(table.rows == std::vector<std::vector<Cell>>{{"1", "x"}});
}

TEST_CASE("a session that works knows whether there is any of those tables") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "CREATE TABLE \"pg_no, system's\" (a int); DROP SCHEMA IF EXISTS varve CASCADE");
    const auto names = migrations::bookkeeping::names_to_look_for({});
    const auto connect = [&] {
        return must(adapters::postgres::connect(tests::settings(stage.url),
                                                adapters::postgres::LockSession::at_once));
    };
    stage.target.reset();
    CHECK_FALSE(must(connect()->has_relation_named(names)));
    CHECK_FALSE(must(connect()->has_relation_named({"pg_class", "tables"})));
    stage.person.ask(
        "CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.flyway_schema_history (a int)");
    const auto target = connect();
    CHECK(must(target->has_relation_named(names)));
    CHECK_FALSE(must(target->has_relation_named({"no"})));
    CHECK(must(target->has_relation_named({"no", "pg_no, system's"})));
}

TEST_CASE("values of other tools' tables are read as instants, hex, truths and clean text") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "SET timezone = 'UTC'; CREATE TABLE t (z timestamptz, w timestamp, b bytea,"
        " t boolean, n bigint, c text);"
        "INSERT INTO t VALUES ('2026-01-05 00:00:00.000001+00', '2026-01-05',"
        R"( '\x00ff', true, -3, E'a\nb'), (NULL, NULL, NULL, NULL, NULL, NULL))");
    const TableShape shape{"public", "t", {"z", "w", "b", "t", "n", "c"}};
    stage.person.ask("ALTER DATABASE " + stage.person.ask("SELECT current_database()") +
                     " SET timezone = 'America/New_York'");
    const auto table = must(books_of(stage)->read_table(shape));
    REQUIRE(table.rows.size() == 2);
    // Without a zone it is the database's: five hours later than in UTC.
    CHECK(table.rows[0] ==
          std::vector<Cell>{"1767571200000001", "1767589200000000", "00ff", "true", "-3", "a\nb"});
    CHECK(table.rows[1] == std::vector<Cell>(6));
    // Whoever asks.
    const std::string mark = stage.url.find('?') == std::string::npos ? "?" : "&";
    const auto elsewhere = books_of(stage, mark + "options=-ctimezone%3DAsia/Tokyo");
    CHECK(must(elsewhere->read_table(shape)).rows == table.rows);
}

TEST_CASE("an instant that is infinite is none, and a date is its beginning") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "CREATE TABLE t (z timestamptz, w timestamp, d date);"
        "INSERT INTO t VALUES ('infinity', '-infinity', 'infinity'), (NULL, NULL, '2026-01-05')");
    stage.person.ask("ALTER DATABASE " + stage.person.ask("SELECT current_database()") +
                     " SET timezone = 'UTC'");
    const auto table = must(books_of(stage)->read_table({"public", "t", {"z", "w", "d"}}));
    REQUIRE(table.rows.size() == 2);
    CHECK(table.rows[0] == std::vector<Cell>(3));
    CHECK(table.rows[1][2] == "1767571200000000");
}

TEST_CASE("a table that may not be read is a refusal that says so") {
    if (tests::no_server()) return;
    Stage stage;
    CHECK_FALSE(books_of(stage)->read_table({"public", "not_there", {"a"}}));
}
