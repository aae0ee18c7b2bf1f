#include "tests/migrations/bookkeeping/books.hpp"

#include <catch2/catch.hpp>

namespace recorded_names_test {

using namespace tests;

namespace {

const Files plain{
    {"001_a.sql", "SELECT 1;"}, {"002_b.sql", "SELECT 2;"}, {"003_c.sql", "SELECT 3;"}};

Texts ours(const History& history) {
    Texts versions;
    for (const auto& entry : history.entries)
        if (entry.migration != nullptr) versions.push_back(entry.version.text);
    return versions;
}

Texts read(const std::string& tool, const Table& table, const Files& files = plain) {
    return ours(history_of(tool, table, files));
}

}  // namespace

TEST_CASE("tern keeps one number, and what is up to it is applied") {
    const auto tern = [](const char* version) {
        return table_of("schema_version", {"version"}, {{version}});
    };
    CHECK(read("tern", tern("2")) == Texts{"001", "002"});
    CHECK(read("tern", tern("0")).empty());
    CHECK(read("tern", tern("900")).empty());  // some other program's count
}

TEST_CASE("what is recorded by its file's name is the folder's of that name, and no other") {
    const auto named = [](const char* name, const char* column, const Texts& files) {
        Cells rows;
        for (const auto& file : files) rows.push_back({file});
        return table_of(name, {column}, rows);
    };
    CHECK(read("sql-migrate", named("gorp_migrations", "id", {"002_b.sql", "001_x.sql"})) ==
          Texts{"002"});
    CHECK(read("liquibase", named("databasechangelog", "filename",
                                  {"db/001_a.sql", "db/001_a.sql"})) == Texts{"001"});
    CHECK(read("knex", named("knex_migrations", "name", {"001_a.js", "009_z.js"})) == Texts{"001"});
    CHECK(read("graphile-migrate", named("migrations", "filename", {"001_a.sql"})) == Texts{"001"});
    CHECK(read("alembic", named("alembic_version", "version_num", {"ae1027a6acf"})).empty());
}

TEST_CASE("numbers that count from 1 are the folder's where their names are, too") {
    const Table table =
        table_of("migrations", {"id", "name", "executed_at"},
                 {{"0", "create-migrations-table", {}}, {"1", "a", {}}, {"2", "z", {}}});
    CHECK(read("postgres-migrations", table) == Texts{"001"});
    CHECK(read("graphile-worker", table_of("migrations", {"id", "ts"}, {{"1", {}}})).empty());
    CHECK(read("django",
               table_of("django_migrations", {"id", "app", "name"}, {{"1", "auth", "001_a"}}))
              .empty());
}

TEST_CASE("pop's versions are the folder's, also where they are spelled otherwise") {
    const Files files{{"20240101000000_a.up.sql", "SELECT 1;"},
                      {"20240102000000_b.postgres.up.sql", "SELECT 2;"}};
    CHECK(read("pop", table_of("schema_migration", {"version"}, {{"20240102000000"}}), files) ==
          Texts{"20240102000000"});
}

TEST_CASE("Hasura's state has the versions of several databases, and one of them is the folder's") {
    const Files files{{"1700000000001_a/up.sql", "SELECT 1;"},
                      {"1700000000002_b/up.sql", "SELECT 2;"}};
    const auto hasura = [](const char* state) {
        return table_of("hdb_version", {"version", "cli_state"}, {{"47", state}});
    };
    CHECK(read("hasura",
               hasura(R"({"migrations":{"logs":{"5":false},)"
                      R"("default":{"1700000000002":false,"1700000000001":false}}})"),
               files) == Texts{"1700000000001", "1700000000002"});
    CHECK(read("hasura", hasura("{}"), files).empty());
    CHECK(read("hasura", hasura("cut off {"), files).empty());
    CHECK_FALSE(try_history(
        "hasura", {hasura(R"({"migrations":{"default":{"1700000000001":true}}})")}, files));
}

TEST_CASE("Atlas tells a baseline, and what stopped half-way") {
    const std::vector<std::string> columns{"version", "type", "applied", "total", "error"};
    const auto atlas = [&](const Cells& rows) {
        return table_of("atlas_schema_revisions", columns, rows);
    };
    CHECK(read("atlas", atlas({{".atlas_cloud_identifier", "2", "0", "0", {}},
                               {"002", "1", "0", "0", {}}})) == Texts{"001", "002"});
    CHECK(read("atlas", atlas({{"001", "2", "1", "1", ""}})) == Texts{"001"});
    const auto half = try_history("atlas", {atlas({{"001", "2", "1", "3", "no"}})}, plain);
    REQUIRE_FALSE(half);
    CHECK(half.error().detail.find("after 1 of 3 statements") != std::string::npos);
}

TEST_CASE("the Sourcegraph migrator's last row of a version counts, in the folder's schema") {
    const Files files{{"1/up.sql", "SELECT 1;"},
                      {"1/metadata.yaml", "name: a\nparents: []\n"},
                      {"2/up.sql", "SELECT 2;"},
                      {"2/metadata.yaml", "name: b\nparents: [1]\n"}};
    const std::vector<std::string> columns{"id", "schema",  "version",
                                           "up", "success", "finished_at"};
    const auto logs = [&](const Cells& rows) { return table_of("migration_logs", columns, rows); };
    CHECK(read("sourcegraph",
               logs({{"1", "codeintel", "7", "true", "true", "5"},
                     {"2", "frontend", "1", "true", "true", "5"},
                     {"3", "frontend", "2", "true", "true", "5"},
                     {"4", "frontend", "2", "false", "true", "6"}}),
               files) == Texts{"1"});
    CHECK_FALSE(
        try_history("sourcegraph", {logs({{"2", "frontend", "1", "true", "false", "5"}})}, files));
}

}  // namespace recorded_names_test
