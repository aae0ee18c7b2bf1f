#include "commands/made_objects.hpp"

#include "migrations/kept_script.hpp"

#include <catch2/catch.hpp>

namespace made_objects_test {

using Names = std::set<std::string>;

TEST_CASE("what a script makes is there at its end, and what it takes away is not") {
    const auto objects = commands::made_objects(migrations::kept_script(
        "001 t",
        "CREATE TABLE a (id int); CREATE TABLE IF NOT EXISTS b (id int); CREATE VIEW public.v AS "
        "SELECT 1; CREATE OR REPLACE VIEW w AS SELECT 1; CREATE TEMP TABLE x (id int); CREATE TYPE "
        "app.e AS ENUM ('a'); CREATE TABLE gone (id int); DROP TABLE gone, before; ALTER TABLE a "
        "RENAME TO c; DROP TRIGGER t ON kept; ALTER TABLE moved SET SCHEMA app"));
    CHECK(objects.made == Names{"c", "v", "app.e", "app.moved"});
    CHECK(objects.gone == Names{"gone", "before", "a", "moved"});
}

}  // namespace made_objects_test
