#include "tests/adapters/postgres/stage.hpp"

#include <atomic>

using commands::AttemptCancelled;
using tests::failed;
using tests::order;
using tests::script;
using tests::Stage;
using tests::succeeded;

TEST_CASE("hundreds of small inserts each have their own result") {
    if (tests::no_server()) return;
    Stage stage;
    std::string text = "CREATE TABLE a (id int);\n";
    for (int index = 1; index <= 300; ++index)
        text += index % 3 == 0 ? "INSERT INTO a VALUES (1), (2);\n" : "INSERT INTO a VALUES (3);\n";
    text += "UPDATE a SET id = 0;";
    const auto outcome = succeeded(stage.run(order(script(text))));
    REQUIRE(outcome.statements.size() == 302);
    for (std::uint32_t index = 1; index <= 300; ++index) {
        CHECK(outcome.statements[index].statement_index == index);
        CHECK(outcome.statements[index].row_count == (index % 3 == 0 ? 2U : 1U));
    }
    CHECK(outcome.statements[301].row_count == 400U);
    CHECK(stage.watcher.told.size() == 302);
    CHECK(stage.person.ask("SELECT count(*) FROM a") == "400");
}

TEST_CASE("the one of many small inserts that fails is the one that is named") {
    if (tests::no_server()) return;
    Stage stage;
    std::string text = "CREATE TABLE a (id int PRIMARY KEY);\n";
    for (int index = 1; index <= 200; ++index)
        text += "INSERT INTO a VALUES (" + std::to_string(index == 150 ? 7 : index) + ");\n";
    const auto failure = failed(stage.run(order(script(text))));
    CHECK(failure.sqlstate == "23505");
    CHECK(failure.statement_index == 150U);
    CHECK(failure.line == 151U);
    CHECK(stage.person.ask("SELECT to_regclass('a') IS NULL") == "t");
    CHECK(stage.marker_count() == "0");
}

TEST_CASE("where one of many small inserts is wrong, line and column are its own") {
    if (tests::no_server()) return;
    Stage stage;
    std::string text = "CREATE TABLE a (id int, name text);\n";
    for (int index = 1; index <= 20; ++index)
        text += "INSERT INTO a VALUES (" + std::to_string(index) + ", 'naïve');\n";
    const auto with_the_last = [&](const std::string& last) {
        auto made = script(text + "INSERT INTO a VALUES (21, 'x');\n");
        auto& statement = made.statements.back();
        made.text.replace(statement.begin, statement.end - statement.begin, last);
        statement.end = statement.begin + last.size();
        return failed(stage.run(order(std::move(made))));
    };
    SECTION("a name that is not there") {
        const auto failure = with_the_last("INSERT INTO a VALUES (21, nobody)");
        CHECK(failure.sqlstate == "42703");
        CHECK(failure.statement_index == 21U);
        CHECK(failure.line == 22U);
        CHECK(failure.column == 27U);
    }
    SECTION("what the server alone takes for an error of syntax") {
        const auto failure = with_the_last("INSERT INTO a VALUES (21, 'x'");
        CHECK(failure.sqlstate == "42601");
        CHECK(failure.statement_index == 21U);
        CHECK(failure.line == 22U);
    }
    CHECK(stage.person.ask("SELECT to_regclass('a') IS NULL") == "t");
}

TEST_CASE("small inserts are kept apart whatever they hold or end in") {
    if (tests::no_server()) return;
    Stage stage;
    std::string text = "CREATE TABLE a (id int, name text);\n";
    for (int index = 0; index < 4; ++index)
        text +=
            "INSERT INTO a VALUES (1, 'x') -- one\n;\n"
            "INSERT INTO a VALUES (2, E'\\';') /* two; */;\n"
            "INSERT INTO a VALUES (3, $$;\n-- ;$$);\n"
            "INSERT INTO a VALUES (4, 'naïve') RETURNING id, name;\n";
    const auto outcome = succeeded(stage.run(text));
    REQUIRE(outcome.statements.size() == 17);
    for (std::uint32_t index = 1; index < 17; ++index)
        CHECK(outcome.statements[index].command_tag == "INSERT 0 1");
    CHECK(stage.person.ask("SELECT string_agg(DISTINCT name, '|' ORDER BY name) FROM a") ==
          "';|;\n-- ;|naïve|x");
}

TEST_CASE("where a rule makes more or less of an insert, each still has its own result") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "CREATE TABLE a (id int); CREATE TABLE seen (id int);"
        "CREATE RULE also AS ON INSERT TO a DO ALSO INSERT INTO seen VALUES (new.id);"
        "CREATE TABLE b (id int); CREATE RULE none AS ON INSERT TO b DO INSTEAD NOTHING;"
        "CREATE TABLE c (id int); CREATE RULE tells AS ON INSERT TO c DO ALSO SELECT 'told'");
    std::string text;
    for (int index = 0; index < 4; ++index)
        text +=
            "INSERT INTO a VALUES (1);\nINSERT INTO b VALUES (1);\nINSERT INTO c VALUES (1), "
            "(2);\n";
    text += "UPDATE a SET id = 2;";
    const auto outcome = succeeded(stage.run(text));
    REQUIRE(outcome.statements.size() == 13);
    for (std::uint32_t index = 0; index < 12; ++index)
        CHECK(outcome.statements[index].statement_index == index);
    CHECK(stage.person.ask(
              "SELECT (SELECT count(*) FROM a) || ' ' || (SELECT count(*) FROM seen)"
              " || ' ' || (SELECT count(*) FROM b) || ' ' || (SELECT count(*) FROM c)") ==
          "4 4 0 8");
}

TEST_CASE("a signal amid many small inserts undoes them") {
    if (tests::no_server()) return;
    Stage stage;
    std::string text = "CREATE TABLE a (id int);\n";
    for (int index = 1; index <= 3000; ++index) text += "INSERT INTO a VALUES (1);\n";
    std::atomic<bool> is_time{false};
    stage.watcher.on_statement = [&](std::uint32_t index) { is_time = index > 1000; };
    stage.watcher.is_cancelled = [&] { return is_time.load(); };
    const auto outcome = stage.run(text);
    CHECK(std::holds_alternative<AttemptCancelled>(outcome));
    CHECK(stage.person.ask("SELECT to_regclass('a') IS NULL") == "t");
}

TEST_CASE("a connection that is lost amid small inserts is told as lost") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask("CREATE TABLE a (id int)");
    std::string text;
    for (int index = 0; index < 11; ++index) text += "INSERT INTO a VALUES (1);\n";
    text += "INSERT INTO a SELECT 1 WHERE pg_terminate_backend(pg_backend_pid());\n";
    const auto failure = failed(stage.run(text));
    CHECK(failure.cause == ledger::FailureCause::connection_lost);
    CHECK(stage.person.ask("SELECT count(*) FROM a") == "0");
}

TEST_CASE("notices of small inserts say which statements they may be of") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "CREATE TABLE a (id int); CREATE FUNCTION tells() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE NOTICE 'row %', NEW.id; RETURN NEW; END $$;"
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION tells()");
    std::string text;
    for (int index = 0; index < 9; ++index)
        text += "INSERT INTO a VALUES (" + std::to_string(index) + ");\n";
    const auto outcome = succeeded(stage.run(text));
    for (std::size_t index = 0; index < 8; ++index)
        CHECK(outcome.statements[index].notices.empty());
    REQUIRE(outcome.statements[8].notices.size() == 9);
    CHECK(outcome.statements[8].notices[4] == "(of one of the statements 1 to 9) NOTICE: row 4");
}

TEST_CASE("rows that rules select amid small inserts hide neither a result nor an error") {
    if (tests::no_server()) return;
    Stage stage;
    stage.person.ask(
        "CREATE TABLE a (id int); CREATE RULE one AS ON INSERT TO a DO ALSO SELECT 1;"
        "CREATE RULE two AS ON INSERT TO a DO ALSO SELECT 2 FROM generate_series(1, 3)");
    std::string text;
    for (int index = 0; index < 12; ++index) text += "INSERT INTO a VALUES (1);\n";
    SECTION("all well") {
        const auto outcome = succeeded(stage.run(text));
        CHECK(outcome.statements.size() == 12);
        CHECK(stage.person.ask("SELECT count(*) FROM a") == "12");
    }
    SECTION("an error") {
        const auto failure = failed(stage.run(text + "INSERT INTO a VALUES (1 / 0);\n"));
        CHECK(failure.sqlstate == "22012");
        CHECK(failure.statement_index == 12U);
    }
}
