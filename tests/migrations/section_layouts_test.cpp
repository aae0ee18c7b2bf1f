#include "tests/migrations/folder_of.hpp"

#include <catch2/catch.hpp>

using migrations::FolderSettings;
using migrations::TransactionMode;
using tests::folder_of;
using tests::rules;
using tests::statements;
using tests::Texts;
using tests::versions;

TEST_CASE("dbmate's sections hold all bytes from their marker on") {
    const std::string up = "-- migrate:up\r\nSELECT 1;\r\n\r\n";
    const std::string down = "--migrate:down transaction:false\r\nSELECT 2;\r\n";
    const auto folder = folder_of({{"20240102_b.sql", "-- why\r\n" + up + down},
                                   {"20240101_a.sql", "-- migrate:up transaction:false\n"}});
    CHECK(folder.layout == "dbmate");
    CHECK(folder.diagnostics.empty());
    CHECK(versions(folder) == Texts{"20240101", "20240102"});
    CHECK(folder.migrations[0].up.mode == TransactionMode::none);
    CHECK(folder.migrations[0].up.mode_cause == "dbmate transaction:false");
    CHECK_FALSE(folder.migrations[0].down);
    const auto& second = folder.migrations[1];
    CHECK(second.up.bytes == up);
    CHECK(second.up.first_line == 2);
    CHECK(second.up.statements.at(0).line == 3);
    CHECK(second.down->bytes == down);
    CHECK(second.down->first_line == 5);
    CHECK(second.down->mode == TransactionMode::none);
    CHECK(second.up.mode == TransactionMode::one);
}

TEST_CASE("dbmate takes every name that begins with a digit") {
    const std::string text = "-- migrate:up\nSELECT 1;\n-- migrate:down\n";
    const auto folder =
        folder_of({{"20240101a.sql", text}, {"20240102_b.up.sql", text}, {"seed.sql", text}});
    CHECK(folder.layout == "dbmate");
    CHECK(versions(folder) == Texts{"20240101", "20240102"});
    CHECK(folder.migrations[0].name == "a");
    CHECK(folder.migrations[1].name == "_b.up");
    CHECK(rules(folder) == Texts{"file-not-run"});
}

TEST_CASE("dbmate's faults are said with their line") {
    CHECK(rules(folder_of({{"1_a.sql", "-- migrate:up\n"}, {"2_b.sql", "SELECT 1"}})) ==
          Texts{"section-missing"});
    CHECK(rules(folder_of({{"1_a.sql", "-- migrate:up transactions:false\n"}})) ==
          Texts{"directive-unknown"});
    CHECK(rules(folder_of({{"1_a.sql", "SELECT 1;\n-- migrate:up\n"}})) ==
          Texts{"sql-outside-section"});
}

TEST_CASE("a varve directive before the sections is for both") {
    const std::string sections = "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n";
    const auto folder = folder_of({{"1_a.sql", "-- varve: transaction off\n" + sections}});
    CHECK(folder.migrations.at(0).up.mode == TransactionMode::none);
    CHECK(folder.migrations.at(0).down->mode == TransactionMode::none);
    const auto unknown = folder_of({{"1_a.sql", "\n-- varve: what\n" + sections}});
    CHECK(rules(unknown) == Texts{"directive-unknown"});
    CHECK(unknown.diagnostics[0].line == 2);
}

TEST_CASE("dbmate takes a marker that comes again for a comment, which is said") {
    const auto folder = folder_of(
        {{"1_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\n-- migrate:up\nSELECT 2;\n"}});
    CHECK(rules(folder) == Texts{"section-twice"});
    CHECK(folder.diagnostics[0].severity == migrations::Severity::warning);
    CHECK(folder.diagnostics[0].line == 4);
    CHECK(statements(folder.migrations[0].up) == Texts{"SELECT 1"});
    CHECK(statements(*folder.migrations[0].down) == Texts{"SELECT 2"});
}

TEST_CASE("goose's statements end where it says, with or without a semicolon") {
    const auto folder =
        folder_of({{"00002_b.sql",
                    "-- +goose Up\n-- +goose StatementBegin\nSELECT 1\n-- +goose StatementEnd\n"
                    "SELECT 2;\n\n-- +goose Down\nSELECT 3;\n"},
                   {"00001_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nSELECT 0;\n"},
                   {"main.go", "package main"}});
    CHECK(folder.layout == "goose");
    CHECK(folder.diagnostics.empty());
    CHECK(versions(folder) == Texts{"00001", "00002"});
    CHECK(folder.migrations[0].up.mode_cause == "goose NO TRANSACTION");
    CHECK(statements(folder.migrations[1].up) == Texts{"SELECT 1", "SELECT 2"});
    CHECK(folder.migrations[1].down->bytes == "-- +goose Down\nSELECT 3;\n");
    CHECK(folder.migrations[1].down->statements.at(0).line == 8);
}

TEST_CASE(
    "goose's faults are errors: unknown annotations, Go migrations, sections missing or twice") {
    const std::string good = "-- +goose Up\nSELECT 1;\n";
    CHECK(rules(folder_of({{"1_a.sql", "-- +goose Upp\n"}, {"2_b.sql", good}})) ==
          Texts{"directive-unknown", "section-missing"});
    CHECK(rules(folder_of({{"1_a.sql", good + good}})) == Texts{"section-twice"});
    const std::map<std::string, std::string> with_go{
        {"1_a.sql", good}, {"2_b.go", "package main"}, {"2_b_test.go", ""}, {"embed.go", ""}};
    CHECK(rules(folder_of(with_go)) == Texts{"not-sql"});
    FolderSettings settings;
    settings.files["2_b.go"].skip = true;
    const auto skipped = folder_of(with_go, settings);
    CHECK_FALSE(has_errors(skipped.diagnostics));
    CHECK(rules(skipped) == Texts{"file-not-run"});
}

TEST_CASE("goose's variables are replaced between ENVSUB ON and OFF, and nowhere else") {
    FolderSettings settings;
    settings.placeholders = {{"WHO", "me"}};
    const std::string text =
        "-- +goose Up\n-- +goose ENVSUB ON\nSELECT '${WHO}', '${X:-y}';\n-- +goose ENVSUB OFF\n"
        "SELECT '${WHO}';\n";
    const auto folder = folder_of({{"1_a.sql", text}}, settings);
    CHECK(folder.diagnostics.empty());
    CHECK(statements(folder.migrations.at(0).up) == Texts{"SELECT 'me', 'y'", "SELECT '${WHO}'"});
    CHECK(folder.migrations[0].up.bytes == text);
    const auto bare = folder_of({{"1_a.sql", text}});
    CHECK(rules(bare) == Texts{"placeholder-unresolved"});
    CHECK(bare.diagnostics[0].line == 3);
}

TEST_CASE("sql-migrate is goose with another word") {
    const auto folder = folder_of(
        {{"1_a.sql", "-- +migrate Up notransaction\nSELECT 1;\n-- +migrate Down\nSELECT 2;\n"}});
    CHECK(folder.layout == "sql-migrate");
    CHECK(folder.diagnostics.empty());
    CHECK(folder.migrations.at(0).up.mode == TransactionMode::none);
    CHECK(folder.migrations.at(0).down->mode == TransactionMode::one);
}

TEST_CASE("node-pg-migrate's file without markers is all up, and its code is refused") {
    const auto folder = folder_of(
        {{"1000000000001_a.sql", "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n"},
         {"1000000000002_b.sql", "SELECT 3;\n"},
         {"1000000000003_c.ts", "export const up = 1"}});
    CHECK(folder.layout == "node-pg-migrate");
    CHECK(statements(folder.migrations.at(0).up) == Texts{"SELECT 1"});
    CHECK(statements(*folder.migrations.at(0).down) == Texts{"SELECT 2"});
    CHECK(statements(folder.migrations.at(1).up) == Texts{"SELECT 3"});
    CHECK(rules(folder) == Texts{"not-sql"});
}

TEST_CASE("tern's line parts the two ways") {
    const auto folder =
        folder_of({{"001_a.sql", "SELECT 1;\n---- create above / drop below ----\nSELECT 2;\n"}});
    CHECK(folder.layout == "tern");
    CHECK(statements(folder.migrations.at(0).up) == Texts{"SELECT 1"});
    CHECK(statements(*folder.migrations.at(0).down) == Texts{"SELECT 2"});
}

TEST_CASE(
    "goose's ENVSUB holds from wherever it stands, also above the sections and into the next") {
    FolderSettings settings;
    settings.placeholders = {{"R", "eu"}};
    const auto above =
        folder_of({{"1_a.sql", "-- +goose ENVSUB ON\n-- +goose Up\nSELECT '${R}';\n"}}, settings);
    CHECK(statements(above.migrations.at(0).up) == Texts{"SELECT 'eu'"});
    const auto before = folder_of({{"1_a.sql",
                                    "-- +goose Up\n-- +goose ENVSUB ON\nSELECT '${R}';\n"
                                    "-- +goose Down\nDELETE FROM t WHERE a = '${R}';\n"}},
                                  settings);
    REQUIRE(before.migrations.at(0).down);
    CHECK(statements(*before.migrations[0].down) == Texts{"DELETE FROM t WHERE a = 'eu'"});
}

TEST_CASE("a byte order mark hides no tool's mark in a first line") {
    const std::string mark = "\xEF\xBB\xBF";
    CHECK(folder_of({{"1_a.sql", mark + "-- +goose Up\nSELECT 1;"}}).layout == "goose");
    CHECK(folder_of({{"1_a.sql", mark + "-- +migrate Up\nSELECT 1;"}}).layout == "sql-migrate");
    CHECK(folder_of({{"1_a.sql", mark + "-- no-transaction\nSELECT 1;"}}).layout == "sqlx");
}
