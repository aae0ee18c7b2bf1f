#include "migrations/rules/judge.hpp"
#include "migrations/rules/schema.hpp"

#include <catch2/catch.hpp>

#include <string>

using migrations::rules::ObjectName;
using migrations::rules::remember;
using migrations::rules::Schema;

namespace {

constexpr const char* everything =
    "CREATE SCHEMA app; CREATE TABLE app.t (a int); CREATE INDEX t_a ON app.t (a);"
    "CREATE VIEW app.v AS SELECT a FROM app.t; CREATE TYPE app.e AS ENUM ('x');"
    "CREATE DOMAIN app.d AS int CHECK (VALUE > 0); CREATE SEQUENCE app.s;"
    "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';"
    "CREATE TABLE other.t (a int); CREATE TABLE public.t (a int);";

Schema after(const std::string& script) {
    Schema schema;
    remember(everything, schema);
    remember(script, schema);
    return schema;
}

// How many of the six kinds of objects are known in that schema.
int known_in(const Schema& schema, const std::string& name) {
    return int{schema.table({name, "t", 0}) != nullptr} +
           int{schema.view({name, "v", 0}) != nullptr} +
           int{schema.enumeration({name, "e", 0}) != nullptr} +
           int{schema.domain({name, "d", 0}) != nullptr} +
           int{schema.object({name, "s", 0}) != nullptr} +
           int{schema.function({name, "f", 0}) != nullptr};
}

}  // namespace

TEST_CASE("what a schema has goes along when it is renamed, and nothing else does") {
    CHECK(known_in(after(""), "app") == 6);
    const Schema schema = after("ALTER SCHEMA app RENAME TO moved;");
    CHECK(known_in(schema, "moved") == 6);
    CHECK(known_in(schema, "app") == 0);
    CHECK(schema.table_of_index({"moved", "t_a", 0}) == schema.table({"moved", "t", 0}));
    CHECK(schema.table_of_index({"app", "t_a", 0}) == nullptr);
    CHECK(known_in(schema, "other") == 1);
    CHECK(known_in(schema, "public") == 1);
}

TEST_CASE("what a schema has goes with it when it is dropped, and nothing else does") {
    const Schema schema = after("DROP SCHEMA app CASCADE;");
    CHECK(known_in(schema, "app") == 0);
    CHECK(schema.table_of_index({"app", "t_a", 0}) == nullptr);
    CHECK(known_in(schema, "other") == 1);
    CHECK(known_in(schema, "public") == 1);
}

TEST_CASE("a bare name is one of the schema public, also when that is renamed or dropped") {
    const Schema renamed = after("CREATE TABLE bare (a int); ALTER SCHEMA public RENAME TO old;");
    CHECK(renamed.table({"old", "bare", 0}) != nullptr);
    CHECK(renamed.table({"old", "t", 0}) != nullptr);
    CHECK(renamed.table({"", "bare", 0}) == nullptr);
    const Schema dropped = after("CREATE TABLE bare (a int); DROP SCHEMA public CASCADE;");
    CHECK(dropped.table({"", "bare", 0}) == nullptr);
    CHECK(known_in(dropped, "app") == 6);
}

TEST_CASE("a schema that was dropped on trial is there again when that is taken back") {
    Schema schema = after("");
    schema.begin_trial();
    remember("DROP SCHEMA app CASCADE;", schema);
    CHECK(known_in(schema, "app") == 0);
    schema.take_back();
    CHECK(known_in(schema, "app") == 6);
}
