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
