#include "migrations/bookkeeping/tools.hpp"

#include "migrations/bookkeeping/search_path.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace tools_test {

using namespace migrations::bookkeeping;

namespace {

const TableShape golang{"public", "schema_migrations", {"version", "dirty"}};
const TableShape dbmate{"public", "schema_migrations", {"version"}};
const TableShape goose{"public", "goose_db_version", {"id", "version_id", "is_applied", "tstamp"}};

std::string tool_of(const std::vector<TableShape>& found, const Wanted& wanted = {},
                    const std::string& layout = "varve") {
    const auto choice = choose(found, wanted, layout);
    return choice ? std::string{choice->tool->name} : choice.error().reason;
}

}  // namespace

TEST_CASE("tools that name their tables alike are told apart by the columns") {
    CHECK(tool_of({golang}) == "golang-migrate");
    CHECK(tool_of({dbmate}) == "dbmate");
    CHECK(tool_of({{"supabase_migrations",
                    "schema_migrations",
                    {"version", "statements", "name", "created_by"}}}) == "supabase");
    CHECK(tool_of({{"public", "schema_migrations", {"version", "applied", "who"}}}) ==
          "import-table-missing");
}

TEST_CASE("where two tools were at work, the folder or a person decides") {
    CHECK(tool_of({dbmate, goose}) == "import-ambiguous");
    CHECK(tool_of({dbmate, goose}, {}, "goose") == "goose");
    CHECK(tool_of({dbmate, goose}, {"dbmate", {}}) == "dbmate");
    CHECK(tool_of({dbmate, goose}, {{}, "public.goose_db_version"}) == "goose");
    CHECK(tool_of({dbmate}, {"liquibase", {}}) == "import-tool-unknown");
    CHECK(tool_of({dbmate}, {"goose", {}}) == "import-table-missing");
}

TEST_CASE("of two histories of one tool the table alone decides, and the help says so") {
    TableShape other = goose;
    other.schema = "tenant";
    CHECK(tool_of({goose, other}, {"goose", {}}) == "import-ambiguous");
    CHECK(tool_of({goose, other}, {{}, "tenant.goose_db_version"}) == "goose");
    CHECK(choose({goose, other}, {}, "goose").error().help == "say which: --table SCHEMA.NAME");
    CHECK(choose({dbmate, goose}, {}, "varve").error().help ==
          "say which: --from TOOL, or --table SCHEMA.NAME");
}

TEST_CASE("a table of another name is known by its columns, where it is said") {
    const TableShape other{"app", "versions", goose.columns};
    CHECK(tool_of({other}) == "import-table-missing");
    CHECK(tool_of({other}, {{}, "app.versions"}) == "goose");
    CHECK(tool_of({other}, {{}, "versions"}) == "goose");
    CHECK(tool_of({other}, {{}, "public.versions"}) == "import-table-missing");
    for (const char* quoted : {R"("app"."versions")", R"(app."versions")", R"("versions")"}) {
        CHECK(tool_of({other}, {{}, quoted}) == "goose");
        const auto names = names_to_look_for({{}, quoted});
        CHECK(std::find(names.begin(), names.end(), "versions") != names.end());
    }
    const auto names = names_to_look_for({{}, "a.b.c"});
    for (const char* name : {"a.b.c", "b.c", "c"})
        CHECK(std::find(names.begin(), names.end(), name) != names.end());
}

TEST_CASE("a tool whose table is in another schema may have run its scripts there") {
    const auto finding = [](const char* tool, const TableShape& table, const char* schema) {
        return search_path_finding(*find_tool(tool), table, schema).value_or("");
    };
    TableShape elsewhere = goose;
    elsewhere.schema = "shop";
    CHECK(finding("goose", goose, "public").empty());
    CHECK(finding("goose", elsewhere, "shop").empty());
    CHECK(finding("goose", elsewhere, "public")
              .find("\"public\" by this session, and the table "
                    "of goose is in \"shop\"") != std::string::npos);
    CHECK(finding("goose", goose, "").find("is made nowhere") != std::string::npos);
    CHECK(finding("drizzle", {"drizzle", "__drizzle_migrations", {}}, "public").empty());
}

TEST_CASE("only known columns are read, and Sqitch's other tables of the same schema") {
    const TableShape changes{
        "sqitch",
        "changes",
        {"change_id", "script_hash", "change", "project", "note", "committed_at", "committer_name",
         "committer_email", "planned_at", "planner_name"}};
    const TableShape events{
        "sqitch", "events", {"event", "change_id", "change", "project", "note", "committed_at"}};
    TableShape foreign = events;
    foreign.schema = "public";
    const auto choice = choose({changes, events, foreign}, {}, "sqitch");
    REQUIRE(choice);
    REQUIRE(choice->tables.size() == 2);
    CHECK(choice->tables[0].columns ==
          std::vector<std::string>{"change_id", "script_hash", "change", "project", "committed_at",
                                   "committer_name", "committer_email"});
    CHECK(choice->tables[1].schema == "sqitch");
}

TEST_CASE("rows are kept in the same order, wherever the server has put them") {
    Table table{{"public", "schema_migrations", {"version"}}, {{"2"}, {"1"}, {std::nullopt}}};
    const std::string lines = json_lines({table});
    CHECK(lines ==
          "{\"table\":\"public.schema_migrations\",\"version\":\"1\"}\n"
          "{\"table\":\"public.schema_migrations\",\"version\":\"2\"}\n"
          "{\"table\":\"public.schema_migrations\",\"version\":null}\n");
    std::reverse(table.rows.begin(), table.rows.end());
    CHECK(json_lines({table}) == lines);
}

}  // namespace tools_test
