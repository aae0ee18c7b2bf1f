#include "commands/dependents.hpp"

#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

namespace dependents_test {

using namespace ledger;
using namespace tests;

namespace {

// What keeps the second of these from being undone by itself; "" where nothing does.
std::string kept_by(const std::string& first, const std::string& second, const std::string& down,
                    const std::string& third) {
    Scene scene{{migration("1", first, "SELECT 1;"), migration("2", second, down),
                 migration("3", third, "SELECT 1;")}};
    must(scene.run());
    commands::RollbackOptions options;
    options.only = {{"2"}};
    const auto done = scene.rollback(options);
    if (done) return "";
    CHECK(done.error().reason == "later-depends");
    return done.error().detail;
}

const std::string table = "CREATE TABLE t (id int, note text);";
const std::string rows =
    "CREATE FUNCTION get_t() RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t';";
const std::string column = "ALTER TABLE t ADD COLUMN total_price int;";
const std::string no_column = "ALTER TABLE t DROP COLUMN total_price;";

}  // namespace

TEST_CASE("a column is met that is reached by a row alone, where nothing else has its name") {
    const std::string query = "INSERT INTO z SELECT total_price FROM get_t();";
    CHECK(kept_by(table + rows, column, no_column, query) ==
          "3_m.up.sql:1 of \"3\" names column \"total_price\" of \"t\", which \"2\" touches "
          "(2_m.up.sql:1)");
    CHECK(kept_by(table + rows, column, no_column,
                  "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT "
                  "x.total_price FROM get_t() x LIMIT 1); END $$;") != "");
    CHECK(kept_by(table + rows, "ALTER TABLE t RENAME COLUMN note TO remark;",
                  "ALTER TABLE t RENAME COLUMN remark TO note;",
                  "SELECT x.remark FROM get_t() x;") != "");
    CHECK(kept_by(table + rows + "CREATE TABLE u (total_price int);", column, no_column, query) ==
          "");
}

TEST_CASE("a name that a later script gives itself is no column of another") {
    for (const std::string later :
         {"CREATE TABLE u (total_price int);", "SELECT 1 AS total_price;",
          "CREATE FUNCTION f(total_price numeric) RETURNS numeric LANGUAGE sql AS 'SELECT "
          "total_price';",
          "INSERT INTO words VALUES ('total_price');"})
        CHECK(kept_by(table, column, no_column, later) == "");
}

TEST_CASE("a word that a later script has for something else is no column") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"comment", "COMMENT ON TABLE other IS 'x';"},
        {"owner", "ALTER TABLE other OWNER TO CURRENT_USER;"},
        {"owner", "DO $$ BEGIN EXECUTE 'ALTER TABLE other OWNER TO x'; END $$;"},
        {"action", "CREATE TABLE q (id int REFERENCES p ON DELETE NO ACTION);"},
        {"data", "ALTER TABLE z ALTER COLUMN a SET DATA TYPE bigint;"},
        {"value", "ALTER TYPE mood ADD VALUE 'b';"},
        {"year", "CREATE TABLE other (y int DEFAULT extract(year FROM now()));"},
        {"note", "SELECT substring(b FROM f(note)), note IS DISTINCT FROM f(1) FROM other;"},
        {"public", "CREATE TABLE public.other (id int);"},
        {"public", "SELECT b FROM public.get_t();"},
        {"customer", "CREATE TABLE customer (id int);"},
        {"customer", "CREATE TABLE app.customer (id int); SELECT customer FROM f();"},
        {"customer",
         "CREATE TABLE other (id int); COMMENT ON TABLE other IS 'copied from the "
         "customer';"},
        {"customer", "INSERT INTO words SELECT 'copied from the customer' FROM get_t();"},
        {"customer", "DO $$ BEGIN EXECUTE 'INSERT INTO words VALUES (''customer'')'; END $$;"},
        {"billing", "CREATE SCHEMA billing; SELECT b FROM billing.f();"},
        {"status", "CREATE TYPE status AS ENUM ('a'); SELECT status FROM f();"},
        {"status", "CREATE TABLE other (id int, status \"order\"); SELECT status FROM f();"},
        {"note", "CREATE INDEX note ON other (id);"},
        {"note", "ALTER TABLE other RENAME COLUMN b TO note; SELECT note FROM f();"},
        {"note", "UPDATE c2 SET note = 3;"},
        {"recent", "WITH recent AS (SELECT 1 AS k FROM f()) SELECT k FROM recent;"},
        {"total", "SELECT count(*) total FROM f() ORDER BY total;"},
        {"total", "SELECT b total FROM f() ORDER BY total;"},
        {"total", "INSERT INTO other SELECT total FROM generate_series(1, 3);"},
    };
    for (const auto& [name, later] : cases) {
        INFO(name << ": " << later);
        CHECK(kept_by("CREATE TABLE posts (id int);",
                      "ALTER TABLE posts ADD COLUMN " + name + " text;",
                      "ALTER TABLE posts DROP COLUMN " + name + ";", later) == "");
    }
}

TEST_CASE("a column is met by rows whose table is not spelled beside it") {
    for (const std::string later :
         {"SELECT a.id, total_price FROM other a, get_t() b;",
          "SELECT total_price FROM other JOIN app.get_t(1) ON true;",
          "SELECT (get_one()).total_price;",
          "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.total_price := 1; "
          "RETURN NEW; END $$;",
          "DO $$ DECLARE r record; BEGIN FOR r IN SELECT get_t() LOOP PERFORM f(r.total_price); "
          "END LOOP; END $$;",
          "DO $$ BEGIN EXECUTE format('UPDATE %I SET total_price = 1', 't' || ''); END $$;"}) {
        INFO(later);
        CHECK(kept_by(table + rows, column, no_column, later) != "");
    }
}

TEST_CASE("prose is no reason") {
    const std::string payments = "CREATE TABLE payments (id int);";
    for (const std::string later :
         {"COMMENT ON TABLE other IS 'Set by hand, payments come later';",
          "COMMENT ON TABLE other IS 'payments';",
          "INSERT INTO words VALUES ('Copy of payments, by hand'), ('Comment: payments'), "
          "('Lock payments'), ('Set by hand, payments');"})
        CHECK(kept_by(table, payments, "DROP TABLE payments;", later) == "");
    CHECK(kept_by(table, payments, "DROP TABLE payments;",
                  "SELECT at_night('COMMENT ON TABLE payments IS NULL'), 'SET x = payments';") !=
          "");
}

TEST_CASE("a trigger is met where its table is said in another way") {
    CHECK(kept_by(table, "CREATE TRIGGER t_guard BEFORE UPDATE ON t EXECUTE FUNCTION g();",
                  "DROP TRIGGER t_guard ON t;",
                  "DO $$ DECLARE r regclass := 't'; BEGIN EXECUTE 'ALTER TABLE ' || r || ' DISABLE "
                  "TRIGGER t_guard'; END $$;") != "");
    CHECK(kept_by(table, "ALTER TABLE t ADD CONSTRAINT t_sound CHECK (id > 0);",
                  "ALTER TABLE t DROP CONSTRAINT t_sound;",
                  "DO $$ BEGIN EXECUTE 'SET CONSTRAINTS t_sound DEFERRED'; END $$;") != "");
}

TEST_CASE("rows of a later migration that go with those that are deleted are seen") {
    const std::string made =
        "CREATE TABLE lk (id int PRIMARY KEY); "
        "CREATE TABLE o (lid int REFERENCES lk ON DELETE CASCADE);";
    const std::string down = "DELETE FROM lk WHERE id = 5;";
    CHECK(kept_by(made, "INSERT INTO lk VALUES (5);", down, "INSERT INTO o VALUES (5);") ==
          "3_m.up.sql:1 of \"3\" names \"o\", whose rows go with or are changed by those that "
          "2_m.down.sql:1 deletes from \"lk\" (a foreign key's ON DELETE)");
    CHECK(kept_by(made, "INSERT INTO lk VALUES (5);", down, "CREATE TABLE p ();") == "");
    CHECK(kept_by("CREATE TABLE lk (id int PRIMARY KEY); CREATE TABLE o (lid int REFERENCES lk);",
                  "INSERT INTO lk VALUES (5);", down, "INSERT INTO o VALUES (5);") == "");
}

TEST_CASE("a custom operator with a sign that PostgreSQL has is no reason") {
    const auto made = [](const std::string& name) {
        return "CREATE OPERATOR " + name + " (leftarg = t, rightarg = t, function = same);";
    };
    const std::string later = "UPDATE m SET id = 1 WHERE id === 2;";
    CHECK(kept_by(table, made("="), "DROP OPERATOR = (t, t);", later) == "");
    CHECK(kept_by(table, made("==="), "DROP OPERATOR === (t, t);", later) != "");
}

TEST_CASE("of a repeatable that stays, a part's name alone does not forbid CASCADE") {
    auto view =
        migration("R__v", "CREATE OR REPLACE VIEW v AS SELECT x.total_price FROM get_t() x;");
    view.kind = MigrationKind::repeatable;
    Scene scene{{migration("1", table + rows, "SELECT 1;"),
                 migration("2", column, "ALTER TABLE t DROP COLUMN total_price CASCADE;"), view}};
    must(scene.run());
    CHECK(must(scene.rollback()).done_count == 1);
}

}  // namespace dependents_test
