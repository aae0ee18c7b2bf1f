#include "tests/migrations/folder_of.hpp"

#include <catch2/catch.hpp>

using migrations::TransactionMode;
using tests::folder_of;
using tests::rules;
using tests::statements;
using tests::Texts;
using tests::versions;

TEST_CASE("Drizzle's journal says what runs, and in which order") {
    const auto folder = folder_of(
        {{"meta/_journal.json",
          R"({"version":"7","dialect":"postgresql","entries":[{"idx":0,"tag":"0001_b"},
              {"idx":1,"tag":"0000_a"}]})"},
         {"0000_a.sql", "SELECT 1--> statement-breakpoint\nSELECT 2;--> statement-breakpoint\n"},
         {"0001_b.sql", "DO $$ BEGIN\nPERFORM 1; END $$;\n--> statement-breakpoint\nSELECT 3"},
         {"0001_abandoned.sql", "SELEC"},
         {"meta/0000_snapshot.json", "{}"}});
    CHECK(folder.layout == "drizzle");
    CHECK(versions(folder) == Texts{"0001_b", "0000_a"});
    CHECK(folder.migrations[0].name == "b");
    CHECK(statements(folder.migrations[1].up) == Texts{"SELECT 1", "SELECT 2"});
    CHECK(folder.migrations[0].up.statements.size() == 2);
    REQUIRE(rules(folder) == Texts{"file-not-run"});
    CHECK(folder.diagnostics[0].severity == migrations::Severity::note);
    CHECK(folder.diagnostics[0].file == "0001_abandoned.sql");
}

TEST_CASE("a Drizzle journal that cannot be followed is refused") {
    const auto with = [](const std::string& journal) {
        return rules(folder_of({{"meta/_journal.json", journal}, {"0_a.sql", ""}}));
    };
    CHECK(with("{") == Texts{"journal-unreadable", "file-not-run"});
    CHECK(with("[]") == Texts{"journal-unreadable", "file-not-run"});
    CHECK(with(R"({"entries":[{"tag":7}]})") == Texts{"journal-unreadable", "file-not-run"});
    CHECK(with(R"({"dialect":"mysql","entries":[]})") == Texts{"other-database", "file-not-run"});
    CHECK(with(R"({"entries":[{"tag":"1_gone"}]})") == Texts{"file-missing", "file-not-run"});
    CHECK(with(R"({"entries":[{"tag":"0_a"},{"tag":"0_a"}]})") == Texts{"duplicate-version"});
}

TEST_CASE("Drizzle's breakpoint ends a statement after a comment too, and its line") {
    const auto with = [](const std::string& sql) {
        return folder_of(
            {{"meta/_journal.json", R"({"entries":[{"tag":"0_a"}]})"}, {"0_a.sql", sql}});
    };
    const auto commented = with("SELECT 1 -- why --> statement-breakpoint\nSELECT 2");
    CHECK(statements(commented.migrations.at(0).up) == Texts{"SELECT 1", "SELECT 2"});
    CHECK(rules(with("SELECT 1;--> statement-breakpoint SELECT 2;")) ==
          Texts{"sql-outside-section"});
}

TEST_CASE("Drizzle's newer folders are ordered by name") {
    const auto folder = folder_of({{"20250102_b/migration.sql", "SELECT 1--> statement-breakpoint"},
                                   {"20250102_b/snapshot.json", "{}"},
                                   {"20250101_a/migration.sql", "SELECT 2"},
                                   {"20250101_a/snapshot.json", "{}"}});
    CHECK(folder.layout == "drizzle");
    CHECK(versions(folder) == Texts{"20250101_a", "20250102_b"});
}

TEST_CASE("Prisma's migrations are known by their whole name, so a time may come twice") {
    const auto folder = folder_of({{"20240102_b/migration.sql", "SELECT 1"},
                                   {"20240102_a/migration.sql", "SELECT 2"},
                                   {"migration_lock.toml", "provider = \"postgresql\"\n"}});
    CHECK(folder.layout == "prisma");
    CHECK(folder.diagnostics.empty());
    CHECK(versions(folder) == Texts{"20240102_a", "20240102_b"});
    CHECK(rules(folder_of(
              {{"1_a/migration.sql", ""}, {"migration_lock.toml", "provider = \"mysql\"\n"}})) ==
          Texts{"other-database"});
}

TEST_CASE("Diesel's order is that of versions without dashes, as text") {
    const auto folder =
        folder_of({{"2019-02-26-002946_b/up.sql", "SELECT 1"},
                   {"2019-02-26-002946_b/down.sql", "SELECT 2"},
                   {"20180101000000_a/up.sql", ""},
                   {"2019-02-26-002946-0001_c/up.sql", "SELECT 3"},
                   {"2019-02-26-002946-0001_c/metadata.toml", "run_in_transaction = false\n"},
                   {"helper.sql", "SELECT 4"}});
    CHECK(folder.layout == "diesel");
    CHECK(versions(folder) == Texts{"20180101000000", "20190226002946", "201902260029460001"});
    CHECK(folder.migrations[1].down->path == "2019-02-26-002946_b/down.sql");
    CHECK(folder.migrations[2].up.mode_cause == "run_in_transaction = false");
    CHECK(rules(folder) == Texts{"file-not-run"});
    for (const char* metadata : {"run_in_transactions = false", "run_in_transaction = 1", "x ="})
        CHECK(has_errors(
            folder_of({{"1_a/up.sql", ""}, {"1_a/metadata.toml", metadata}}).diagnostics));
}

TEST_CASE("Hasura's folders may be below the database's name") {
    const auto folder = folder_of({{"default/1620000000001_a/up.sql", ""},
                                   {"default/1620000000000_b/up.sql", ""},
                                   {"default/1620000000000_b/down.sql", ""}});
    CHECK(folder.layout == "hasura");
    CHECK(versions(folder) == Texts{"1620000000000", "1620000000001"});
    CHECK(folder.migrations[0].down);
    CHECK(folder.migrations[0].up.path == "default/1620000000000_b/up.sql");
}

TEST_CASE("the Sourcegraph migrator's parents say the order, and numbers what they leave open") {
    const auto folder =
        folder_of({{"1/up.sql", ""},
                   {"1/metadata.yaml", "name: a\nparents: [30]\n"},
                   {"30/up.sql", ""},
                   {"30/metadata.yaml", "parents: []\n"},
                   {"20/up.sql", "SELECT 1"},
                   {"20/metadata.yaml", "parent: 30\ncreateIndexConcurrently: true"},
                   {"5_x/up.sql", ""},
                   {"5_x/metadata.yaml", "name: d\nparents:\n  - 1\n  - 20\n"}});
    CHECK(folder.layout == "sourcegraph");
    CHECK(folder.diagnostics.empty());
    CHECK(versions(folder) == Texts{"30", "1", "20", "5"});
    CHECK(folder.migrations[2].up.mode == TransactionMode::none);
    CHECK(folder.migrations[3].parents == std::vector<ledger::Version>{{"1"}, {"20"}});
    CHECK(folder.migrations[3].name == "d");
}

TEST_CASE("parents that are missing or in a circle are refused") {
    const auto with = [](const std::string& parents) {
        return rules(folder_of({{"1/up.sql", ""},
                                {"1/metadata.yaml", "parents: [" + parents + "]\n"},
                                {"2/up.sql", ""},
                                {"2/metadata.yaml", "parents: [1]\n"}}));
    };
    CHECK(with("").empty());
    CHECK(with("7") == Texts{"parent-missing"});
    CHECK(with("2") == Texts{"parents-in-a-circle"});
    CHECK(with("[") == Texts{"metadata-unreadable"});
}

TEST_CASE("folders of migrations further below are an archive, and do not run") {
    const auto folder = folder_of({{"20240101000000_a/up.sql", "SELECT 1"},
                                   {"_archive/20230101000000_old/up.sql", "SELECT 2"}});
    CHECK(versions(folder) == Texts{"20240101000000"});
    REQUIRE(rules(folder) == Texts{"file-not-run"});
    CHECK(folder.diagnostics[0].severity == migrations::Severity::warning);
}

TEST_CASE("which of several projects' folders is meant has to be said") {
    const auto folder = folder_of({{"codeintel/1_a/up.sql", "SELECT 1"},
                                   {"codeintel/1_a/metadata.yaml", "name: a\nparents: []\n"},
                                   {"frontend/1_b/up.sql", "SELECT 2"},
                                   {"frontend/1_b/metadata.yaml", "name: b\nparents: []\n"}});
    CHECK(folder.layout == "sourcegraph");
    REQUIRE(rules(folder) == Texts{"file-not-run"});
    CHECK(folder.diagnostics[0].severity == migrations::Severity::error);
}

TEST_CASE("a migration's folder without the file that it needs is refused") {
    CHECK(rules(folder_of({{"1_a/up.sql", "SELECT 1"}, {"2_b/down.sql", "SELECT 2"}})) ==
          Texts{"file-missing"});
    CHECK(rules(folder_of({{"1_a/up.sql", "SELECT 1"},
                           {"1_a/metadata.yaml", "name: a\nparents: []\n"},
                           {"2_b/up.sql", "SELECT 2"}})) == Texts{"file-missing"});
}
