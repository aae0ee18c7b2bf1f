#include "commands/rows_along.hpp"

#include <catch2/catch.hpp>

namespace rows_along_test {

using migrations::Script;
using migrations::sql::ObjectName;

std::vector<std::string> behind(const std::string& text, const ObjectName& table) {
    Script script;
    script.text = text;
    commands::RowsAlong rows;
    rows.read(script);
    std::vector<std::string> names;
    for (const auto& each : rows.behind(table)) names.push_back(each.name);
    return names;
}

using Names = std::vector<std::string>;

TEST_CASE("rows go along by foreign keys that cascade, also of what is behind those") {
    const std::string made =
        "CREATE TABLE a (id int PRIMARY KEY); "
        "CREATE TABLE b (id int PRIMARY KEY REFERENCES a ON DELETE CASCADE); "
        "CREATE TABLE c (id int, a int, FOREIGN KEY (id) REFERENCES b ON DELETE SET NULL); "
        "CREATE TABLE d (id int); ALTER TABLE d ADD FOREIGN KEY (id) REFERENCES c ON DELETE "
        "CASCADE; CREATE TABLE e (id int REFERENCES a); ALTER TABLE e ADD COLUMN b int "
        "REFERENCES a ON DELETE SET DEFAULT;";
    CHECK(behind(made, {"", "a"}) == Names{"b", "e", "c"});
    CHECK(behind(made, {"public", "c"}) == Names{"d"});
    CHECK(behind(made, {"", "e"}).empty());
}

TEST_CASE("rows go along by whatever name a table has or had") {
    const std::string made =
        "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int REFERENCES a ON DELETE "
        "CASCADE); ALTER TABLE b RENAME TO c; ALTER TABLE c SET SCHEMA app; ALTER TABLE a RENAME "
        "TO d; ALTER TABLE c RENAME COLUMN id TO e;";
    CHECK(behind(made, {"", "a"}) == Names{"b", "c", "c"});
    CHECK(behind(made, {"", "d"}) == Names{"b", "c", "c"});
}

TEST_CASE("rows are written by what writes them, and maybe by what is named in a body") {
    const auto is_written = [](const std::string& later) {
        const migrations::sql::Touched rows{"rows of table", "", "o", "", 0};
        return commands::find_written(rows, migrations::sql::read_mentions(later)).has_value();
    };
    for (const char* later :
         {"INSERT INTO app.o VALUES (1);", "UPDATE ONLY o SET id = 1;", "COPY o (id) FROM STDIN;",
          "MERGE INTO o USING p ON true WHEN MATCHED THEN DELETE;",
          "DO $$ BEGIN EXECUTE 'LOCK o'; END $$;",
          "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'SELECT 1 FROM o';"})
        CHECK(is_written(later));
    for (const char* later : {"CREATE INDEX i ON o (id);", "DROP TABLE o;",
                              "CREATE VIEW v AS SELECT * FROM o;", "COMMENT ON TABLE o IS 'o';"})
        CHECK(!is_written(later));
}

TEST_CASE("what a script deletes from is found wherever it stands") {
    const auto tables = commands::deleted_from(
        "DELETE FROM a; WITH x AS (DELETE FROM ONLY s.b RETURNING *) SELECT 1; "
        "DO $$ BEGIN DELETE FROM c; EXECUTE 'DELETE FROM \"D\"'; END $$; "
        "ALTER TABLE e ADD FOREIGN KEY (f) REFERENCES g ON DELETE CASCADE;");
    REQUIRE(tables.size() == 4);
    CHECK(tables[0] == ObjectName{"", "a"});
    CHECK(tables[1] == ObjectName{"s", "b"});
    CHECK(tables[2] == ObjectName{"", "c"});
    CHECK(tables[3] == ObjectName{"", "D"});
}

}  // namespace rows_along_test
