#include "tests/migrations/folder_of.hpp"

#include <catch2/catch.hpp>

using ledger::MigrationKind;
using migrations::FolderSettings;
using migrations::TransactionMode;
using tests::folder_of;
using tests::rules;
using tests::Texts;
using tests::versions;

TEST_CASE("Flyway's versions are ordered part by part, a baseline after what it stands for") {
    const auto folder = folder_of({{"V1__a.sql", ""},
                                   {"V1.10__c.sql", ""},
                                   {"sub/V1_2__b.sql", ""},
                                   {"V10__e.sql", ""},
                                   {"V002__d.sql", ""},
                                   {"R__b_views.sql", ""},
                                   {"R__A.sql", ""},
                                   {"B2__base.sql", ""},
                                   {"U1.10__c.sql", "SELECT 1"}});
    CHECK(folder.layout == "flyway");
    CHECK(folder.diagnostics.empty());
    CHECK(versions(folder) == Texts{"1", "1.2", "1.10", "002", "B2", "10", "R__A", "R__b_views"});
    CHECK(folder.migrations[4].kind == MigrationKind::baseline);
    CHECK(folder.migrations[6].kind == MigrationKind::repeatable);
    CHECK(folder.migrations[2].down->path == "U1.10__c.sql");
}

TEST_CASE("a description may be missing in Flyway, a version may not") {
    const auto folder = folder_of(
        {{"V1.sql", "SELECT 1"}, {"V1_1.sql", ""}, {"V2__.sql", ""}, {"U1.sql", "SELECT 2"}});
    CHECK(folder.layout == "flyway");
    CHECK(folder.diagnostics.empty());
    CHECK(versions(folder) == Texts{"1", "1.1", "2"});
    CHECK(folder.migrations[0].name.empty());
    CHECK(folder.migrations[0].down->path == "U1.sql");
    CHECK(rules(folder_of({{"V1__a.sql", ""}, {"V2_b.sql", ""}, {"R.sql", ""}})) ==
          Texts{"name-not-understood", "file-not-run"});
}

TEST_CASE("a name that only its case or one underscore keeps from Flyway is a warning") {
    for (const std::string name : {"v2__b.sql", "u1__a.sql", "b1__a.sql", "r__a.sql", "R_a.sql"}) {
        INFO(name);
        const auto folder = folder_of({{"V1__a.sql", "SELECT 1"}, {name, "SELECT 2"}});
        CHECK(folder.migrations.size() == 1);
        REQUIRE(rules(folder) == Texts{"name-not-understood"});
        CHECK(folder.diagnostics[0].severity == migrations::Severity::warning);
    }
    CHECK(rules(folder_of({{"V1__a.sql", ""}, {"readme.sql", ""}})) == Texts{"file-not-run"});
}

TEST_CASE("Flyway's spellings of one version are duplicates") {
    CHECK(rules(folder_of({{"V1__a.sql", ""}, {"V1.0__b.sql", ""}})) == Texts{"duplicate-version"});
    CHECK(rules(folder_of({{"V1__a.sql", ""}, {"B1__b.sql", ""}})).empty());
}

TEST_CASE("Flyway's placeholders must be given") {
    const std::map<std::string, std::string> files{
        {"V1__a.sql", "CREATE TABLE ${schema}.t (a int); -- ${not_this}\n"}};
    const auto bare = folder_of(files);
    CHECK(rules(bare) == Texts{"placeholder-unresolved"});
    CHECK(bare.diagnostics[0].help.at(0).find("placeholders = { schema = ") != std::string::npos);
    FolderSettings settings;
    settings.placeholders = {{"schema", "app"}};
    const auto given = folder_of(files, settings);
    CHECK(given.diagnostics.empty());
    CHECK(given.migrations[0].up.text.find("app.t") != std::string::npos);
}

TEST_CASE("Flyway's configuration of a script is honoured") {
    const auto folder = folder_of({{"V1__a.sql", "SELECT '${x}'"},
                                   {"V1__a.sql.conf",
                                    "# why\nexecuteInTransaction=false\n"
                                    "placeholderReplacement=false\n"},
                                   {"V2__b.sql", "SELECT 2"},
                                   {"V2__b.sql.conf", "shouldExecute=false"}});
    CHECK(rules(folder) == Texts{"file-not-run"});
    CHECK(versions(folder) == Texts{"1"});
    CHECK(folder.migrations[0].up.mode == TransactionMode::none);
    CHECK(folder.migrations[0].up.mode_cause == "executeInTransaction=false");
    CHECK(rules(folder_of({{"V1__a.sql", ""}, {"V1__a.sql.conf", "outOfOrder=true"}})) ==
          Texts{"directive-unknown"});
    CHECK(rules(folder_of({{"V1__a.sql", ""}, {"V2__a.sql.conf", ""}})) ==
          Texts{"conf-without-script"});
}

TEST_CASE("what Flyway would run and is not run here is refused or said") {
    const auto folder = folder_of({{"V1__a.sql", ""},
                                   {"V2__b.java", ""},
                                   {"beforeMigrate.sql", ""},
                                   {"afterMigrate__grant.sql", ""},
                                   {"beforeClean.sql", ""},
                                   {"V3_one_underscore.sql", ""},
                                   {"Helper.java", ""},
                                   {"README.md", ""}});
    std::size_t errors = 0;
    for (const auto& diagnostic : folder.diagnostics)
        errors += diagnostic.severity == migrations::Severity::error ? 1 : 0;
    CHECK(errors == 3);
    CHECK(folder.diagnostics.size() == 5);
    CHECK(versions(folder) == Texts{"1"});
}

TEST_CASE("two undo scripts of one version are refused, however they spell it") {
    const auto folder = folder_of(
        {{"V1__a.sql", "SELECT 1"}, {"U1__a.sql", "SELECT 2"}, {"x/U1.0__other.sql", "SELECT 3"}});
    CHECK(rules(folder) == Texts{"duplicate-version"});
}
