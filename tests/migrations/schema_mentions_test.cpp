#include "migrations/rules/judge.hpp"
#include "migrations/rules/schema.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>
#include <string>

using migrations::rules::ObjectName;
using migrations::rules::remember;
using migrations::rules::Schema;

namespace {

Schema after(std::initializer_list<std::string> scripts) {
    Schema schema;
    for (const std::string& script : scripts) remember(script, schema);
    return schema;
}

bool is_mentioned(const Schema& schema, const std::string& name) {
    return schema.may_be_mentioned({"", name, 0});
}

}  // namespace

TEST_CASE("a table whose row type a column has may be mentioned") {
    CHECK(is_mentioned(after({"CREATE TABLE t (a int); CREATE TABLE o (b t);"}), "t"));
    CHECK(is_mentioned(
        after({"CREATE TABLE t (a int); CREATE TABLE o (b int);", "ALTER TABLE o ADD COLUMN c t;"}),
        "t"));
    CHECK(is_mentioned(after({"CREATE TABLE t (a int); CREATE TABLE o (b text);",
                              "ALTER TABLE o ALTER COLUMN b TYPE t USING NULL;"}),
                       "t"));
    CHECK(is_mentioned(after({"CREATE TABLE t (a int); CREATE TABLE o (b t); "
                              "CREATE TABLE p (LIKE o);",
                              "DROP TABLE o;"}),
                       "t"));
    CHECK_FALSE(is_mentioned(after({"CREATE TABLE t (a int); CREATE TABLE o (b int);"}), "t"));
}

TEST_CASE("a table that a view or a function reads may be mentioned") {
    CHECK(is_mentioned(after({"CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;"}), "t"));
    CHECK(is_mentioned(after({"CREATE TABLE t (a int);",
                              "CREATE FUNCTION f() RETURNS bigint LANGUAGE sql "
                              "BEGIN ATOMIC SELECT count(a) FROM t; END;"}),
                       "t"));
    CHECK_FALSE(is_mentioned(after({"CREATE TABLE t (a int);"}), "t"));
}

TEST_CASE("what is mentioned is so by its new name, too") {
    const std::string rename = "ALTER TABLE t RENAME TO moved;";
    CHECK(is_mentioned(after({"CREATE TABLE t (a int); CREATE TABLE o (b t);", rename}), "moved"));
    CHECK(is_mentioned(after({"CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;", rename}),
                       "moved"));
}

TEST_CASE("a trial that is taken back leaves what was mentioned before it") {
    Schema schema = after({"CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;"});
    schema.begin_trial();
    remember("DROP VIEW v;", schema);
    schema.take_back();
    CHECK(is_mentioned(schema, "t"));
}

TEST_CASE("a table named like a type of the server's has no part in columns of that type") {
    const Schema schema =
        after({"CREATE TABLE date (d int); CREATE TABLE o (a date, b public.date);",
               "ALTER TABLE date RENAME TO dates;"});
    const auto* other = schema.table({"", "o", 0});
    REQUIRE(other != nullptr);
    CHECK(other->column("a")->type.name == "date");
    CHECK(other->column("b")->type.name == "dates");
}
