#include "migrations/directives.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace {

std::vector<migrations::Diagnostic> faults_of(const std::string& text) {
    return migrations::read_directives(text, "a.sql", 1).diagnostics;
}

}  // namespace

TEST_CASE("what would be a directive in other letters, or in a block comment, is told") {
    for (const std::string comment :
         {"-- VARVE: ALLOW drop-table REASON=\"x\"", "-- Varve: Transaction Off",
          "-- varve transaction off", "/* varve: transaction off */",
          "/*\nvarve: allow drop-table reason=\"x\"\n*/",
          "/*\n * For the release.\n * varve: transaction off\n */",
          "/* varve: transaction off\n   SELECT 2; */", "/*\n   varve: transaction off */"}) {
        CAPTURE(comment);
        const auto faults = faults_of("SELECT 1;\n" + comment + "\nDROP TABLE a;\n");
        REQUIRE(faults.size() == 1);
        CHECK(faults[0].rule == "directive-unknown");
        CHECK(faults[0].message == "a directive is a line comment that begins \"-- varve:\"");
    }
    const auto faults = faults_of("/*\n * varve: transaction off\n */\nSELECT 1;\n");
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].line == 2);
}

TEST_CASE("prose about varve is no directive") {
    for (const std::string comment :
         {"/* varve runs this */", "/*\n * Varve: see the guide\n * varve allows it\n */",
          "-- Varve is told of it", "/*", "/**/", "/*\n*/", "/* varve", "/*\nvarve:\n*/"}) {
        CAPTURE(comment);
        CHECK(faults_of("SELECT 1;\n" + comment + "\n").empty());
    }
}

TEST_CASE("what stands behind a reason is told as that") {
    const auto message = [](const std::string& directive) {
        const auto faults = faults_of("-- varve: " + directive + "\nDROP TABLE a;\n");
        return faults.empty() ? std::string{} : faults.front().message;
    };
    CHECK(message("allow drop-table reason=\"x\" until=2027") ==
          "allow takes its reason, and nothing behind it");
    CHECK(message("irreversible reason=\"x\" y") ==
          "irreversible takes its reason, and nothing behind it");
    CHECK(message("allow drop-table reason=\"x") == "allow needs a reason");
    CHECK(message("allow drop-table reason=\"\"") == "allow needs a reason");
    CHECK(message("allow drop-table reason=\"the \"old\" one\"").empty());
}
