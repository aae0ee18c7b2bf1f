#include "tests/migrations/folder_of.hpp"

#include <catch2/catch.hpp>

using migrations::FolderSettings;
using migrations::TransactionMode;
using tests::folder_of;
using tests::rules;
using tests::Texts;
using tests::versions;

TEST_CASE("numbered files of an unknown tool are plain migrations") {
    const auto folder = folder_of({{"2_b.sql", ""}, {"10_c.sql", ""}, {"1_a.sql", ""}});
    CHECK(folder.layout == "plain");
    CHECK(versions(folder) == Texts{"1", "2", "10"});
}

TEST_CASE("sqlx's first line takes the file out of the transaction") {
    const auto folder =
        folder_of({{"20240101_a.sql", "-- no-transaction\nSELECT 1"}, {"20240102_b.sql", ""}});
    CHECK(folder.layout == "sqlx");
    CHECK(folder.migrations.at(0).up.mode == TransactionMode::none);
    CHECK(folder.migrations.at(0).up.mode_declared);
    const auto reversible = folder_of(
        {{"20240101_a.up.sql", "-- no-transaction\nSELECT 1"}, {"20240101_a.down.sql", ""}});
    CHECK(reversible.layout == "sqlx");
    CHECK(reversible.migrations.at(0).down);
}

TEST_CASE("postgres-migrations' directive is honoured") {
    const auto folder =
        folder_of({{"0001-initial.sql", "SELECT 1"},
                   {"0010-index.sql", "-- postgres-migrations disable-transaction\nSELECT 2"},
                   {"0002-more.sql", "SELECT 3"}});
    CHECK(folder.layout == "postgres-migrations");
    CHECK(versions(folder) == Texts{"0001", "0002", "0010"});
    CHECK(folder.migrations.at(2).up.mode == TransactionMode::none);
}

TEST_CASE("graphile-worker's schema is replaced in function bodies too") {
    FolderSettings settings;
    settings.placeholders = {{"GRAPHILE_WORKER_SCHEMA", "\"gw\""}};
    const std::map<std::string, std::string> files{
        {"000001.sql",
         "--! breaking-change\nSELECT :GRAPHILE_WORKER_SCHEMA.f($$ "
         ":GRAPHILE_WORKER_SCHEMA.x $$);"}};
    const auto folder = folder_of(files, settings);
    CHECK(folder.layout == "graphile-worker");
    CHECK(folder.diagnostics.empty());
    CHECK(folder.migrations.at(0).up.text ==
          "--! breaking-change\nSELECT \"gw\".f($$ \"gw\".x $$);");
    CHECK(rules(folder_of(files)) == Texts{"placeholder-unresolved"});
}

TEST_CASE("graphile-migrate's chain is checked") {
    const std::string first = "--! Previous: -\n--! Hash: sha1:a\n\nSELECT 1;\n";
    const auto folder =
        folder_of({{"committed/000001.sql", first},
                   {"committed/000002-b.sql", "--! Previous: sha1:a\n--! Hash: sha1:b\n"},
                   {"committed/000003.sql", "--! Previous: sha1:x\n--! Hash: sha1:c\n"},
                   {"current.sql", "SELECT 'not yet'"}});
    CHECK(folder.layout == "graphile-migrate");
    CHECK(versions(folder) == Texts{"000001", "000002", "000003"});
    CHECK(rules(folder) == Texts{"chain-broken", "file-not-run"});
    CHECK(folder.diagnostics[0].file == "committed/000003.sql");
}

TEST_CASE("Supabase's folder is known by its place") {
    auto tree = tests::tree_of({{"20240101000000_a.sql", "SELECT 1"}});
    tree.root = "supabase/migrations";
    CHECK(migrations::read_folder(tree, {})->layout == "supabase");
}

TEST_CASE("a date may be the version") {
    CHECK(versions(folder_of({{"2024-02-01-b.sql", ""}, {"2023-12-31-a.sql", ""}})) ==
          Texts{"20231231", "20240201"});
}

TEST_CASE("an Atlas folder without a transaction is understood") {
    const auto folder = folder_of(
        {{"20240101000000_a.sql", "-- atlas:txmode none\n\nSELECT 1"}, {"atlas.sum", "h1:x"}});
    CHECK(folder.migrations.at(0).up.mode_cause == "atlas:txmode none");
    CHECK(rules(folder_of({{"1_a.sql", "-- atlas:delimiter \\n\\n\nSELECT 1"}})) ==
          Texts{"directive-unknown"});
}

TEST_CASE("sqlx takes each file by its own name, with a way back or without") {
    FolderSettings settings;
    settings.layout = "sqlx";
    const auto folder = folder_of(
        {{"1_a.sql", "SELECT 1"}, {"2_b.up.sql", "SELECT 2"}, {"2_b.down.sql", "SELECT 3"}},
        settings);
    CHECK(versions(folder) == Texts{"1", "2"});
    CHECK(folder.diagnostics.empty());
}

TEST_CASE("what is named like a migration of another layout is not left out in silence") {
    for (const std::string name : {"3_c.sql", "V3__c.sql", "3_c.up.SQL"}) {
        INFO(name);
        const auto folder = folder_of({{"1_a.up.sql", "SELECT 1"}, {name, "SELECT 3"}});
        REQUIRE(rules(folder) == Texts{"file-not-run"});
        CHECK(folder.diagnostics[0].severity == migrations::Severity::error);
    }
    const auto goose =
        folder_of({{"1_a.up.sql", "-- +goose Up\nSELECT 1"}, {"2_b.up.sql", "SELECT 2"}});
    CHECK(goose.layout == "varve");
    CHECK(rules(goose) == Texts{"directive-unknown"});
    CHECK(folder_of({{"1_a.up.sql", "SELECT 1"}, {"old/V1__b.sql", "SELECT 2"}}).layout == "varve");
    const auto seeds = folder_of({{"1_a.up.sql", "SELECT 1"}, {"seeds.sql", "SELECT 3"}});
    REQUIRE(rules(seeds) == Texts{"file-not-run"});
    CHECK(seeds.diagnostics[0].severity == migrations::Severity::note);
}
