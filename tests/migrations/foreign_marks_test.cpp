#include "tests/migrations/folder_of.hpp"

#include <catch2/catch.hpp>

#include <utility>

using migrations::Diagnostic;
using migrations::FolderSettings;
using tests::folder_of;
using tests::rules;
using tests::Texts;

namespace {

std::vector<Diagnostic> said_of(const std::string& name, const std::string& text) {
    return folder_of({{name, text}}).diagnostics;
}

bool is_refused(const std::string& text) {
    const auto said = said_of("20240101000000_a.sql", text);
    return said.size() == 1 && said[0].rule == "directive-unknown";
}

}  // namespace

TEST_CASE("a mark of another tool is refused, with its line and whose it is") {
    const std::pair<std::string, std::string> marks[] = {
        {"--liquibase formatted sql", "Liquibase"},
        {"-- liquibase formatted sql splitStatements:false", "Liquibase"},
        {"--changeset bob:2 context:test", "Liquibase"},
        {"-- rambler down", "rambler"},
        {"--//@UNDO", "MyBatis"},
        {"-- //@UNDO", "MyBatis"},
        {"-- ==== DOWN ====", "shmig"},
        {"-- !Downs", "Play"},
        {"-- +micrate Down", "micrate"},
        {"-- downgrade --", "aerich"},
        {"-- migrate:down", "dbmate"}};
    for (const auto& [mark, whose] : marks)
        for (const std::string name : {"20240101000000_a.sql", "V1__a.sql", "1_a.up.sql"}) {
            INFO(mark << " in " << name);
            const auto said = said_of(name, "CREATE TABLE t();\n" + mark + "\nDROP TABLE t;\n");
            REQUIRE(said.size() == 1);
            CHECK(said[0].rule == "directive-unknown");
            CHECK(said[0].line == 2);
            CHECK(said[0].message.find(whose) != std::string::npos);
            CHECK_FALSE(said[0].help.empty());
            CHECK(said[0].concerns_running);
        }
}

TEST_CASE("a word alone parts a file behind its counterpart") {
    CHECK(is_refused("-- Up\nCREATE TABLE t();\n-- Down\nDROP TABLE t;\n"));
    CHECK(is_refused("--- @UP ---\nCREATE TABLE t();\n--- @DOWN ---\nDROP TABLE t;\n"));
    CHECK_FALSE(is_refused("CREATE TABLE t();\n-- down\nDROP TABLE u;\n"));
    CHECK_FALSE(is_refused("-- Up\nCREATE TABLE t();\n-- Down\n-- DROP TABLE t;\n"));
}

TEST_CASE("prose, text and what nothing follows are no marks") {
    for (const std::string text :
         {"SELECT 1;\n-- down below we drop it\nSELECT 2;", "-- rollback plan: none\nSELECT 1;",
          "-- changeset of our own: all\nSELECT 1;", "-- rambler up to date\nSELECT 1;",
          "--rollback drop table t;\nSELECT 1;", "SELECT 1;\n-- ---- DOWN ----\nSELECT 2;",
          "SELECT '\n-- rambler down\n';", "SELECT $$\n-- rambler down\n$$;",
          "/*\n-- rambler down\n*/\nSELECT 1;", "SELECT 1; -- rambler down\nSELECT 2;",
          "SELECT 1;\n-- //@UNDO\n-- DROP TABLE t;\n",
          "-- liquibase formatted sql was here\nSELECT 1;", "-- changeset a: b\nSELECT 1;"}) {
        INFO(text);
        CHECK(said_of("20240101000000_a.sql", text).empty());
    }
}

TEST_CASE("a heading of a script's own way is none") {
    const auto folder = folder_of({{"1_a.up.sql", "-- Up Migration\nSELECT 1;"},
                                   {"1_a.down.sql", "-- Down Migration\nSELECT 2;"}});
    CHECK(folder.layout == "varve");
    CHECK(folder.diagnostics.empty());
    CHECK(rules(folder_of({{"1_a.up.sql", "SELECT 1;\n-- Down Migration\nSELECT 2;"}})) ==
          Texts{"directive-unknown"});
}

TEST_CASE("a mark in a string says no other tool's layout") {
    for (const std::string mark : {"-- migrate:up", "-- +goose Up"}) {
        const auto folder = folder_of({{"1_a.up.sql", "SELECT 'x\n" + mark + "\ny';"}});
        CHECK(folder.layout == "varve");
        CHECK(folder.diagnostics.empty());
    }
}

TEST_CASE("in a layout that is said, the marks of another one are refused") {
    FolderSettings settings;
    settings.layout = "plain";
    for (const std::string mark : {"-- migrate:", "-- +goose ", "-- +migrate "}) {
        const std::string text = mark + "up\nCREATE TABLE t();\n" + mark + "down\nDROP TABLE t;\n";
        CHECK(rules(folder_of({{"1_a.sql", text}}, settings)) == Texts{"directive-unknown"});
    }
    CHECK(folder_of({{"1_a.sql", "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n"}})
              .diagnostics.empty());
}
