#include "migrations/sql/touched.hpp"

#include <catch2/catch.hpp>

using namespace migrations;

namespace {

Script script(const std::string& text) {
    Script answer;
    answer.path = "1.up.sql";
    answer.text = text;
    return answer;
}

std::vector<std::string> touched(const std::string& text) {
    std::vector<std::string> names;
    for (const auto& each : sql::touched_by(script(text))) names.push_back(sql::to_text(each));
    return names;
}

using Names = std::vector<std::string>;

// What of the earlier script the later one names, or "".
std::string met(const std::string& earlier, const std::string& later) {
    const auto mentions = sql::read_mentions(later);
    for (const auto& each : sql::touched_by(script(earlier)))
        if (sql::find(each, mentions)) return sql::to_text(each);
    return "";
}

}  // namespace

TEST_CASE("a script touches what it makes, by name") {
    CHECK(touched("CREATE TABLE app.Orders (id int, note text);") == Names{"table \"app.orders\""});
    CHECK(touched("ALTER TABLE orders ADD COLUMN note text, ALTER COLUMN id SET NOT NULL;") ==
          Names{"column \"note\" of \"orders\"", "column or constraint \"id\" of \"orders\""});
    CHECK(touched("CREATE TYPE mood AS ENUM ('sad', 'ok');") == Names{"type \"mood\""});
    CHECK(touched("CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1';") ==
          Names{"function \"app.f\""});
    CHECK(touched("CREATE VIEW v AS SELECT 1; CREATE SCHEMA app; CREATE SEQUENCE s;") ==
          Names{"view \"v\"", "schema \"app\"", "sequence \"s\""});
    CHECK(touched("CREATE INDEX i ON orders (note);") == Names{"index \"i\""});
    CHECK(touched("CREATE UNIQUE INDEX i ON orders (note);") ==
          Names{"index \"i\"", "key column \"note\" of \"orders\""});
    CHECK(touched("ALTER TABLE orders RENAME TO sales;") ==
          Names{"table \"orders\"", "table \"sales\""});
    CHECK(touched("ALTER TABLE orders RENAME note TO remark;") ==
          Names{"column \"note\" of \"orders\"", "column \"remark\" of \"orders\""});
    CHECK(touched("ALTER TABLE orders ADD CHECK (id > 0), ADD CONSTRAINT c UNIQUE (id);") ==
          Names{"table \"orders\"", "constraint \"c\" of \"orders\"",
                "key column \"id\" of \"orders\""});
    CHECK(touched("CREATE INDEX ON orders (note);").empty());
    CHECK(touched("ALTER TYPE mood ADD VALUE 'glad';") == Names{"value of an enum \"glad\""});
    CHECK(touched("INSERT INTO countries VALUES ('AT');") == Names{"rows of table \"countries\""});
    CHECK(touched("DROP TABLE a.b, c; DROP TRIGGER t ON x; DROP TYPE y; DROP FUNCTION z(int);") ==
          Names{"dropped object \"a.b\"", "dropped object \"c\"", "dropped part \"t\" of \"x\"",
                "dropped type \"y\"", "dropped function \"z\""});
    CHECK(touched("BEGIN; SET search_path = app; COMMENT ON TABLE x IS 'y'; GRANT SELECT ON x TO "
                  "reader; ANALYZE x; COMMIT;")
              .empty());
    CHECK(touched("") == Names{});
}

TEST_CASE("of a statement that can do anything every name counts") {
    const auto names = touched(
        "DO $$ BEGIN CREATE TYPE mood AS ENUM ('sad'); EXCEPTION WHEN duplicate_object THEN NULL; "
        "END $$;");
    CHECK(std::count(names.begin(), names.end(), "what a statement names \"mood\"") == 1);
    CHECK(std::count_if(names.begin(), names.end(), [](const std::string& name) {
              return name.find("duplicate_object") != std::string::npos;
          }) == 0);
    CHECK(met("SELECT create_hypertable('metrics', 'at');", "ALTER TABLE metrics ADD x int;") !=
          "");
}

TEST_CASE("a later script stands on an earlier one where it names what that one touches") {
    const std::string table = "CREATE TABLE app.orders (id serial PRIMARY KEY);";
    CHECK(met(table, "ALTER TABLE app.orders ADD COLUMN x int;") == "table \"app.orders\"");
    CHECK(met(table, "SELECT * FROM Orders;") != "");
    CHECK(met(table, "CREATE VIEW v AS SELECT o.id FROM \"app\".\"orders\" AS o;") != "");
    CHECK(met(table, "SELECT nextval('app.orders_id_seq');") != "");
    CHECK(met(table, "DO $x$ BEGIN EXECUTE 'DELETE FROM app.orders'; END $x$;") != "");
    CHECK(met(table,
              "CREATE FUNCTION g() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM "
              "orders; END $$;") != "");
    CHECK(met(table, "CREATE TABLE shop.orders (id int);") == "");
    CHECK(met(table, "CREATE TABLE customers (id int); -- not of orders") == "");
    CHECK(met(table, "INSERT INTO words VALUES ('the orders of a king');") == "");
    CHECK(met("CREATE SCHEMA app;", "CREATE TABLE app.x (id int);") == "schema \"app\"");
    CHECK(met("CREATE TYPE mood AS ENUM ('a');", "ALTER TABLE x ADD m mood[];") != "");
    CHECK(met("ALTER TYPE mood ADD VALUE 'glad';", "UPDATE x SET m = 'glad';") != "");
    CHECK(met("CREATE EXTENSION citext;", "SELECT 1;") == "extension \"citext\"");
}

TEST_CASE("a column stands alone: who names only its table is not concerned") {
    const std::string column = "ALTER TABLE orders ADD COLUMN note text;";
    CHECK(met(column, "ALTER TABLE orders ADD COLUMN other text;") == "");
    CHECK(met(column, "CREATE TABLE letters (note text);") == "");
    CHECK(met(column, "CREATE INDEX ON orders (note);") == "column \"note\" of \"orders\"");
    CHECK(met(column, "CREATE VIEW v AS SELECT * FROM orders;") != "");
    CHECK(met(column, "CREATE VIEW v AS SELECT count(*) FROM orders;") == "");
    CHECK(met(column, "CREATE TABLE copies (LIKE orders);") != "");
}

TEST_CASE("an operator is met where its characters stand, whatever is beside them") {
    const std::string made =
        "CREATE OPERATOR === (LEFTARG = int, RIGHTARG = int, PROCEDURE = int4eq);";
    CHECK(met(made, "SELECT 1 === 2;") == "operator \"===\"");
    CHECK(met(made, "SELECT 1===-2;") != "");
    CHECK(met(made, "SELECT 1 OPERATOR(public.===) 2;") != "");
    CHECK(met(made, "DO $$ BEGIN PERFORM 1 === 2; END $$;") != "");
    CHECK(met(made, "SELECT 1 == 2, 1 ==== 2; -- ===") == "");
}

TEST_CASE("an operator is known by its kind, not by its first character") {
    CHECK(met("CREATE TABLE \"#tmp\" (id int);", "INSERT INTO \"#tmp\" VALUES (1);") ==
          "table \"#tmp\"");
    CHECK(met("DROP TABLE \"#tmp\";", "CREATE TABLE \"#tmp\" ();") != "");
    CHECK(met("DROP OPERATOR app.=== (int, int);", "SELECT 1 === 2;") == "operator \"app.===\"");
    CHECK(met("ALTER OPERATOR === (int, int) SET (RESTRICT = NONE);", "SELECT 1 === 2;") != "");
    CHECK(sql::is_built_in_operator("@>"));
    CHECK(!sql::is_built_in_operator("==="));
}

TEST_CASE("a body between quotes is read whatever words are in it") {
    CHECK(met("CREATE COLLATION german FROM \"C\";",
              "CREATE FUNCTION g() RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN ''a'' < ''b'' "
              "COLLATE german; END';") != "");
    CHECK(met("CREATE COLLATION german FROM \"C\";",
              "CREATE FUNCTION g() RETURNS bool LANGUAGE plpgsql AS '<<b>> BEGIN RETURN ''a'' < "
              "''b'' COLLATE german; END';") != "");
    CHECK(met("CREATE TABLE t (id int);", "DO 'BEGIN PERFORM f(t); END';") != "");
}

TEST_CASE("names that a text gives are those before a type and behind AS") {
    const auto given = sql::read_mentions(
                           "CREATE TABLE x (a int, b text); SELECT c AS d, e FROM "
                           "f WHERE g AND h ORDER BY i LIMIT 1;")
                           .given;
    const std::vector<std::string> names{"a", "b", "d"};
    for (const std::string& name : names) CHECK(std::count(given.begin(), given.end(), name) == 1);
    for (const char* name : {"c", "e", "f", "g", "h", "i"})
        CHECK(std::count(given.begin(), given.end(), name) == 0);
}

TEST_CASE("CASCADE is found in bodies too, and not that of a foreign key") {
    CHECK(sql::read_mentions("DROP TABLE a CASCADE;").cascades.size() == 1);
    CHECK(sql::read_mentions("DO $$ BEGIN DROP TABLE a cascade; END $$;").cascades.size() == 1);
    CHECK(sql::read_mentions("ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c ON DELETE CASCADE; "
                             "-- CASCADE")
              .cascades.empty());
}
