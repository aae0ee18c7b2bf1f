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

// Those that may be meant, in the order of their tables.
std::string tool_of(const std::vector<TableShape>& found, const Wanted& wanted = {},
                    const std::string& layout = "varve") {
    const auto choices = choose(found, wanted, layout);
    if (!choices) return choices.error().reason;
    std::string names;
    for (const auto& choice : *choices)
        names += (names.empty() ? "" : ",") + std::string{choice.tool->name};
    return names;
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

TEST_CASE("where two tools were at work, both may be meant, but for what a person says") {
    CHECK(tool_of({dbmate, goose}) == "dbmate,goose");
    CHECK(tool_of({dbmate, goose}, {"dbmate", {}}) == "dbmate");
    CHECK(tool_of({dbmate, goose}, {{}, "public.goose_db_version"}) == "goose");
    CHECK(tool_of({dbmate}, {"mybatis", {}}) == "import-tool-unknown");
    CHECK(tool_of({dbmate}, {"goose", {}}) == "import-table-missing");
}

TEST_CASE("tables of one name and shape are told apart by all of their columns") {
    const auto migrations = [](std::vector<std::string> columns) {
        return tool_of({{"public", "migrations", std::move(columns)}});
    };
    CHECK(migrations({"id", "name", "hash", "executed_at"}) == "postgres-migrations");
    CHECK(migrations({"hash", "previous_hash", "filename", "date"}) == "graphile-migrate");
    CHECK(migrations({"id", "ts", "breaking"}) == "graphile-worker");
    CHECK(migrations({"id", "timestamp", "name"}) == "typeorm");
    CHECK(migrations({"id", "name", "run_on"}) == "db-migrate");
    CHECK(migrations({"id", "migration", "batch"}) == "laravel");
    CHECK(migrations({"id", "name", "tenant"}) == "import-table-missing");
    CHECK(tool_of({{"public", "schema_version", {"version"}}}) == "tern");
    CHECK(tool_of({{"public", "schema_version", {"version", "at"}}}) == "import-table-missing");
    CHECK(tool_of({{"public", "schema_migration", {"version"}}}) == "pop");
    CHECK(tool_of({{"auth", "schema_migration", {"version", "version_self"}}}) == "popx");
}

TEST_CASE("a table of a name that is nobody's is the folder's tool's") {
    const TableShape own{"public", "my_versions", {"version"}};
    CHECK(tool_of({own}, {{}, "my_versions"}) == "dbmate");
    CHECK(tool_of({own}, {{}, "my_versions"}, "tern") == "tern");
    CHECK(tool_of({own}, {"pop", "my_versions"}, "tern") == "pop");
}

TEST_CASE("a layout is a tool's, or nobody's") {
    CHECK(tool_of_layout("fizz")->name == "pop");
    CHECK(tool_of_layout("plain") == nullptr);
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
    const auto choices = choose({changes, events, foreign}, {}, "sqitch");
    REQUIRE(choices);
    const auto& tables = choices->front().tables;
    REQUIRE(tables.size() == 2);
    CHECK(tables[0].columns == std::vector<std::string>{"change_id", "script_hash", "change",
                                                        "project", "committed_at", "committer_name",
                                                        "committer_email"});
    CHECK(tables[1].schema == "sqitch");
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
