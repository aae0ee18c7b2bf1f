#include "migrations/folder.hpp"

#include "migrations/template.hpp"
#include "tests/migrations/folder_of.hpp"

#include <catch2/catch.hpp>

using migrations::FolderSettings;
using migrations::read_folder;
using tests::folder_of;
using tests::rules;
using tests::Texts;
using tests::tree_of;
using tests::versions;

TEST_CASE("a folder without anything is varve's, and empty") {
    const auto folder = folder_of({{"README.md", "x"}, {".gitkeep", ""}});
    CHECK(folder.layout == "varve");
    CHECK(folder.migrations.empty());
    REQUIRE(folder.diagnostics.size() == 1);
    CHECK(folder.diagnostics[0].rule == "folder-empty");
}

TEST_CASE("a layout can be said, and must be known") {
    FolderSettings settings;
    settings.layout = "sqlx";
    CHECK(folder_of({{"1_a.sql", ""}}, settings).layout == "sqlx");
    settings.layout = "laravel";
    const auto unknown = read_folder(tree_of({{"1_a.sql", ""}}), settings);
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().reason == "layout-unknown");
    CHECK(unknown.error().help.find("flyway") != std::string::npos);
}

TEST_CASE("a folder that no tool would know is refused with what might help") {
    const auto named = read_folder(tree_of({{"schema.sql", "SELECT 1"}}), {});
    REQUIRE_FALSE(named);
    CHECK(named.error().reason == "layout-unrecognised");
    const auto nested = read_folder(tree_of({{"a/1_x.sql", ""}, {"b/1_x.sql", ""}}), {});
    REQUIRE_FALSE(nested);
    CHECK(nested.error().help.find("--migrations migrations/a") != std::string::npos);
    const auto liquibase =
        read_folder(tree_of({{"x.sql", "--liquibase formatted sql\n--changeset a:1\n"}}), {});
    REQUIRE_FALSE(liquibase);
    CHECK(liquibase.error().help.find("Liquibase") != std::string::npos);
    CHECK_FALSE(read_folder(tree_of({{"0001_initial.py", "import django"}}), {}));
}

TEST_CASE("migrations one folder down are found, those for PostgreSQL among several") {
    const auto one = folder_of({{"sql/1_a.up.sql", ""}, {"embed.go", ""}});
    CHECK(versions(one) == Texts{"1"});
    CHECK(one.migrations[0].up.path == "sql/1_a.up.sql");
    const auto several = folder_of({{"mysql/1_a.up.sql", ""}, {"postgres/2_a.up.sql", ""}});
    CHECK(versions(several) == Texts{"2"});
}

TEST_CASE("what all databases share is Flyway's too, what is for another is not") {
    const auto shared = folder_of({{"common/V1__a.sql", ""},
                                   {"postgresql/V2__b.sql", ""},
                                   {"h2/V2__b.sql", "not even ' SQL"}});
    CHECK(versions(shared) == Texts{"1", "2"});
    CHECK(rules(shared) == Texts{"file-not-run"});
    const auto above =
        folder_of({{"V1__a.sql", ""}, {"postgresql/V2__b.sql", ""}, {"mysql/sub/V2__b.sql", ""}});
    CHECK(versions(above) == Texts{"1", "2"});
    CHECK(versions(folder_of({{"postgresql/V2__b.sql", ""}, {"h2/V2__b.sql", ""}})) == Texts{"2"});
    CHECK(versions(folder_of({{"h2/V1__a.sql", ""}, {"common/V2__b.sql", ""}})) == Texts{"1", "2"});
    CHECK(versions(folder_of({{"postgres/1_a.up.sql", ""}, {"seeds/1_a.up.sql", ""}})) ==
          Texts{"1"});
}

TEST_CASE("a file that could not be read is an error that names it") {
    auto tree = tree_of({{"1_a.up.sql", "SELECT 1"}});
    tree.files["2_b.up.sql"] = {"", "Permission denied"};
    tree.files["closed"] = {"", "Permission denied"};
    const auto folder = read_folder(tree, {});
    REQUIRE(folder);
    CHECK(rules(*folder) == Texts{"unreadable", "unreadable"});
    CHECK(folder->diagnostics[0].file == "2_b.up.sql");
}

TEST_CASE("a folder that could not be looked into is an error, whatever its name") {
    auto tree = tree_of({{"V1__a.sql", "SELECT 1"}});
    tree.files["v1.1"] = {"", "Permission denied", false, true};
    tree.files["notes.txt"] = {"", "Permission denied"};
    const auto folder = read_folder(tree, {});
    REQUIRE(folder);
    CHECK(rules(*folder) == Texts{"unreadable"});
    CHECK(folder->diagnostics[0].file == "v1.1");
}

TEST_CASE("a space at an end of a file's name is told, in every layout") {
    for (const std::string name : {"2_b.up.sql ", " 2_b.up.sql", "2_b.sql\t"}) {
        INFO(name);
        const auto folder = folder_of({{"1_a.up.sql", ""}, {name, "SELECT 1"}});
        CHECK(versions(folder) == Texts{"1"});
        REQUIRE(rules(folder) == Texts{"name-not-understood"});
        CHECK(folder.diagnostics[0].severity == migrations::Severity::warning);
    }
    CHECK(rules(folder_of({{"V1__a.sql", ""}, {"V2__b.sql ", ""}})) ==
          Texts{"name-not-understood"});
}

TEST_CASE("a file's name must be UTF-8, and a direction needs a version") {
    const auto folder = folder_of(
        {{"1_a.up.sql", ""}, {"2_caf\xE9.up.sql", ""}, {".up.sql", ""}, {"_b.down.sql", ""}});
    CHECK(versions(folder) == Texts{"1"});
    CHECK(rules(folder) == Texts{"not-utf8", "name-not-understood", "name-not-understood"});
    CHECK(folder.diagnostics[0].file == "2_caf\xEF\xBF\xBD.up.sql");
}

TEST_CASE("the template's own text is a migration without faults") {
    const auto text = migrations::new_migration("add orders");
    const auto folder =
        folder_of({{"20260101000000_a.up.sql", text.up}, {"20260101000000_a.down.sql", text.down}});
    CHECK(folder.diagnostics.empty());
    CHECK(folder.migrations.at(0).up.mode == migrations::TransactionMode::one);
    CHECK(folder.migrations.at(0).up.statements.size() == 2);
}

TEST_CASE("a script that is left unread has its digest and nothing is said of what is in it") {
    const auto tree =
        tests::tree_of({{"1_a.up.sql", "this is no SQL"}, {"2_b.up.sql", "SELECT 1"}});
    const auto folder = migrations::read_folder(tree, {}, [](const std::string& path, const auto&) {
                            return path == "1_a.up.sql";
                        }).value();
    REQUIRE(folder.migrations.size() == 2);
    CHECK(folder.diagnostics.empty());
    CHECK(folder.migrations[0].up.is_unread);
    CHECK(folder.migrations[0].up.bytes == "this is no SQL");
    CHECK(folder.migrations[0].up.digest == ledger::sha256("this is no SQL"));
    CHECK(folder.migrations[0].up.statements.empty());
    CHECK_FALSE(folder.migrations[1].up.is_unread);
    CHECK(folder.migrations[1].up.statements.size() == 1);
}

TEST_CASE("a script that undoes may wait to be read, and what may do more is asked for") {
    auto tree = tests::tree_of({{"1_a.up.sql", "SELECT 1"}, {"1_a.down.sql", ""}});
    tree.files["1_a.down.sql"].waits = true;
    const auto folder = migrations::read_folder(tree, {}).value();
    REQUIRE(folder.migrations.size() == 1);
    CHECK(folder.diagnostics.empty());
    CHECK_FALSE(folder.needs_rest);
    CHECK_FALSE(folder.migrations[0].up.is_unread);
    REQUIRE(folder.migrations[0].down);
    CHECK(folder.migrations[0].down->is_unread);
    CHECK(folder.migrations[0].down->path == "1_a.down.sql");

    // Flyway's would be applied.
    auto flyway = tests::tree_of({{"V1__a.sql", "SELECT 1"}, {"V2__b.down.sql", ""}});
    flyway.files["V2__b.down.sql"].waits = true;
    CHECK(migrations::read_folder(flyway, {}).value().needs_rest);
}
