#include "commands/squashed_scripts.hpp"

#include "migrations/kept_script.hpp"

#include <catch2/catch.hpp>

namespace squashed_scripts_test {

using Indexes = std::vector<std::size_t>;

migrations::Script script(const std::string& text) {
    return migrations::kept_script("001 t", text);
}

Indexes squashed(const std::string& squash, const std::vector<std::string>& undone) {
    std::vector<std::vector<migrations::Script>> scripts;
    for (const std::string& text : undone) scripts.push_back({script(text)});
    return commands::squashed_into(script(squash), scripts);
}

TEST_CASE("what makes the same as others did, and knows all that they touch, is their squash") {
    CHECK(squashed("CREATE TABLE a (id int, y int); CREATE TABLE b (id int)",
                   {"CREATE TABLE a (id int)",
                    "CREATE TABLE b (id int); ALTER TABLE a ADD y int"}) == Indexes{0, 1});
}

TEST_CASE("what was taken away again on the way is squashed too") {
    CHECK(squashed("CREATE TABLE a (id int, b int)",
                   {"CREATE TABLE a (id int)",
                    "CREATE TABLE staging (id int); ALTER TABLE a ADD b int; INSERT INTO staging "
                    "VALUES (1)",
                    "DROP TABLE staging"}) == Indexes{0, 1, 2});
}

TEST_CASE("what the squash has nothing to do with, or does not know, is none of it") {
    CHECK(squashed("CREATE TABLE a (id int)", {"CREATE TABLE a (id int)", "CREATE TABLE z (id int)",
                                               "ALTER TABLE a ADD note text"}) == Indexes{0});
}

TEST_CASE("it is no squash where others have not made all of it, or nobody has made any of it") {
    CHECK(squashed("CREATE TABLE a (id int); CREATE TABLE b (id int)", {"CREATE TABLE a (id int)"})
              .empty());
    CHECK(squashed("DROP VIEW v; CREATE VIEW v AS SELECT 2", {"CREATE TABLE a (id int)"}).empty());
    CHECK(squashed("ALTER TABLE a ADD y int", {"CREATE TABLE a (id int)"}).empty());
    CHECK(squashed("CREATE TABLE a (id int)", {"CREATE TABLE a (id int)", "DROP TABLE a"}).empty());
    CHECK(squashed("CREATE TABLE a (id int)", {}).empty());
}

}  // namespace squashed_scripts_test
