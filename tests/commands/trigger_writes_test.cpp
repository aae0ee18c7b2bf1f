#include "commands/trigger_writes.hpp"

#include <catch2/catch.hpp>

namespace trigger_writes_test {

using namespace commands;

namespace {

struct Touched {
    CatalogText catalog{
        {{"trigger public.a.t",
          "CREATE TRIGGER t BEFORE UPDATE ON public.a FOR EACH ROW EXECUTE FUNCTION "
          "public.touch() enabled O"},
         {"function public.touch()",
          "CREATE OR REPLACE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS "
          "$function$ BEGIN NEW.updated_at = now(); RETURN NEW; END $function$"}},
        {}};
    AllRows before{{"public.a", {3, "x", {{"b", "1"}, {"updated_at", "2"}}}}};
    AllRows after{{"public.a", {3, "y", {{"b", "1"}, {"updated_at", "3"}}}}};

    std::vector<std::string> lost(const std::vector<std::string>& scripts) {
        const auto told = take_out_written({catalog, catalog, scripts}, before, after);
        told_count = told.size();
        return lost_rows(before, after);
    }
    std::size_t told_count{};
};

}  // namespace

TEST_CASE("what the table's own trigger writes, and no script names, is told and no loss") {
    Touched touched;
    CHECK(touched.lost({"UPDATE a SET d = b", "ALTER TABLE a DROP d"}).empty());
    CHECK(touched.told_count == 1);
}

TEST_CASE("an argument of the trigger names the column too") {
    Touched touched;
    touched.catalog.objects["trigger public.a.t"] =
        "CREATE TRIGGER t BEFORE INSERT OR UPDATE ON public.a FOR EACH ROW EXECUTE FUNCTION "
        "moddatetime('updated_at') enabled O";
    CHECK(touched.lost({"UPDATE a SET d = b"}).empty());
}

TEST_CASE("a column that a script names, or takes with the whole row, is lost all the same") {
    for (const char* script :
         {"UPDATE a SET updated_at = now()", "CREATE TABLE k AS SELECT * FROM a"}) {
        Touched touched;
        CHECK(touched.lost({script}).size() == 1);
        CHECK(touched.told_count == 0);
    }
}

TEST_CASE("a trigger that is not there any more, or does not name the column, is no excuse") {
    Touched other;
    other.after.at("public.a").columns["b"] = "9";
    CHECK(other.lost({"SELECT 1"}) ==
          std::vector<std::string>{"values of column b of public.a are others than before"});
    Touched gone;
    const CatalogText without{};
    CHECK(take_out_written({gone.catalog, without, {}}, gone.before, gone.after).empty());
    Touched after_delete;
    after_delete.catalog.objects["trigger public.a.t"] =
        "CREATE TRIGGER t BEFORE DELETE ON public.a FOR EACH ROW EXECUTE FUNCTION public.touch()";
    CHECK(after_delete.lost({"SELECT 1"}).size() == 1);
}

}  // namespace trigger_writes_test
