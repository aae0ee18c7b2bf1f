#include "tests/migrations/folder_of.hpp"

#include <catch2/catch.hpp>

using migrations::FolderSettings;
using migrations::TransactionMode;
using tests::folder_of;
using tests::rules;
using tests::Texts;
using tests::versions;

TEST_CASE("varve's names are ordered by number, each with its way back") {
    const auto folder = folder_of({{"10_b.up.sql", "SELECT 2"},
                                   {"9_a.up.sql", "SELECT 1"},
                                   {"9_a.down.sql", "SELECT -1"},
                                   {"README.md", "x"},
                                   {"testdata/9_a.up.sql", "SELEC"}});
    CHECK(folder.layout == "varve");
    CHECK(versions(folder) == Texts{"9", "10"});
    CHECK(folder.migrations[0].name == "a");
    CHECK(folder.migrations[0].up.path == "9_a.up.sql");
    REQUIRE(folder.migrations[0].down);
    CHECK(folder.migrations[0].down->path == "9_a.down.sql");
    CHECK_FALSE(folder.migrations[1].down);
    CHECK(rules(folder) == Texts{"file-not-run"});
}

TEST_CASE("a migration in a folder below does not run, and that is a warning") {
    const auto folder = folder_of({{"1_a.up.sql", "SELECT 1"},
                                   {"2026/2_b.up.sql", "SELECT 2"},
                                   {"testdata/1_a.up.sql", "SELECT 3"},
                                   {"testdata/rows.sql", "SELECT 4"}});
    CHECK(versions(folder) == Texts{"1"});
    REQUIRE(rules(folder) == Texts{"file-not-run", "file-not-run", "file-not-run"});
    CHECK(folder.diagnostics[0].severity == migrations::Severity::warning);
    CHECK(folder.diagnostics[0].file == "2026/2_b.up.sql");
    CHECK(folder.diagnostics[1].severity == migrations::Severity::note);
    CHECK(folder.diagnostics[2].severity == migrations::Severity::note);
}

TEST_CASE("two files of one version are an error that names both") {
    const auto folder = folder_of({{"01_a.up.sql", ""}, {"1_b.up.sql", ""}});
    REQUIRE(rules(folder) == Texts{"duplicate-version"});
    CHECK(folder.diagnostics[0].message.find("01_a.up.sql") != std::string::npos);
    CHECK(folder.diagnostics[0].file == "1_b.up.sql");
}

TEST_CASE("a down script without an up script is said") {
    CHECK(rules(folder_of({{"1_a.up.sql", ""}, {"2_b.down.sql", ""}})) == Texts{"down-without-up"});
}

TEST_CASE("a down script of another name belongs to the one up script of its version") {
    const auto folder = folder_of({{"1_a.up.sql", ""}, {"1_drop_a.down.sql", "SELECT 1"}});
    CHECK(folder.diagnostics.empty());
    CHECK(folder.migrations.at(0).name == "a");
    CHECK(folder.migrations.at(0).down->path == "1_drop_a.down.sql");
}

TEST_CASE("golang-migrate, when said, runs a COMMIT in the middle as it stands") {
    FolderSettings settings;
    settings.layout = "golang-migrate";
    const auto folder = folder_of({{"1_a.up.sql", "SELECT 1; COMMIT; SELECT 2"}}, settings);
    CHECK(folder.diagnostics.empty());
    CHECK(folder.migrations.at(0).up.mode == TransactionMode::none);
}

TEST_CASE("morph's directive is honoured, and another of its kind refused") {
    const auto folder = folder_of({{"000001_a.up.sql", "-- morph:nontransactional\nSELECT 1"},
                                   {"000002_b.up.sql", "SELECT 1; COMMIT; SELECT 2;"},
                                   {"000003_c.up.sql", "-- morph:sideways\nSELECT 1"}});
    CHECK(folder.layout == "morph");
    CHECK(folder.migrations.at(0).up.mode_cause == "morph:nontransactional");
    CHECK(folder.migrations.at(1).up.mode == TransactionMode::none);
    CHECK(rules(folder) == Texts{"directive-unknown"});
}

TEST_CASE("popx's file for PostgreSQL goes before the one for every database") {
    const auto folder = folder_of({{"20201110175414000001_t.postgres.up.sql", "SELECT 'postgres'"},
                                   {"20201110175414000001_t.up.sql", "SELECT 'all'"},
                                   {"20201110175414000001_t.mysql.up.sql", "SELECT `no`"},
                                   {"20201110175414000001_t.down.sql", "SELECT 'back'"},
                                   {"20150100000001000000_s.autocommit.up.sql", "SELECT 1"}});
    CHECK(folder.layout == "popx");
    CHECK(folder.diagnostics.empty());
    CHECK(versions(folder) == Texts{"20150100000001000000", "20201110175414000001"});
    CHECK(folder.migrations[0].up.mode == TransactionMode::none);
    CHECK(folder.migrations[1].up.text == "SELECT 'postgres'");
    CHECK(folder.migrations[1].down->text == "SELECT 'back'");
}

TEST_CASE("fizz templates need what the configuration gives, in either spelling") {
    const std::map<std::string, std::string> files{
        {"00_a.up.sql", "CREATE TABLE {{ index .Options \"Namespace\" }}.t (a int);"},
        {"20210101_b.up.sql", "DROP TABLE {{index .Options \"Namespace\" }}.t;"}};
    const auto bare = folder_of(files);
    CHECK(bare.layout == "fizz");
    CHECK(rules(bare) == Texts{"placeholder-unresolved", "placeholder-unresolved"});
    CHECK(bare.diagnostics[0].line == 1);
    CHECK(bare.diagnostics[0].column == 14);
    CHECK(bare.diagnostics[0].help.at(0).find("placeholders = { Namespace") != std::string::npos);
    FolderSettings settings;
    settings.placeholders = {{"namespace", "auth"}};
    const auto given = folder_of(files, settings);
    CHECK(given.diagnostics.empty());
    CHECK(given.migrations.at(1).up.text == "DROP TABLE auth.t;");
    CHECK(given.migrations.at(1).up.bytes == files.at("20210101_b.up.sql"));
}

TEST_CASE("a fizz file is not SQL, and is refused") {
    CHECK(rules(folder_of({{"1_a.up.fizz", "create_table"}, {"2_b.up.sql", ""}})) ==
          Texts{"not-sql"});
}

TEST_CASE("templates in strings are data in a layout without templates") {
    const auto folder = folder_of({{"000001_a.up.sql", "INSERT INTO t VALUES ('{{.Name}}')"}});
    CHECK(folder.layout == "varve");
    CHECK(folder.diagnostics.empty());
}
