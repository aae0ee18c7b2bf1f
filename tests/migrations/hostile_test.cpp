#include "migrations/sql/script.hpp"
#include "tests/migrations/folder_of.hpp"
#include "tests/support/folders.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

namespace fs = std::filesystem;

std::string repeat(std::string_view text, std::size_t count) {
    std::string repeated;
    repeated.reserve(text.size() * count);
    for (std::size_t index = 0; index < count; ++index) repeated += text;
    return repeated;
}

std::string read_file(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

migrations::sql::ScriptStatements read_hostile(const std::string& text) {
    return migrations::sql::read_statements({text, "a.sql", 1, 150000, nullptr});
}

}  // namespace

// Each file is named RULE--what-it-is.sql.
TEST_CASE("every hostile file is refused by its rule, with a line, and crashes nothing") {
    std::size_t count = 0;
    for (const auto& entry :
         fs::directory_iterator{fs::path{tests::source_folder()} / "tests/hostile/migrations"}) {
        const std::string name = entry.path().filename().string();
        const std::string rule = name.substr(0, name.find("--"));
        const auto folder = tests::folder_of({{"1_a.up.sql", read_file(entry.path())}});
        INFO(name);
        const auto found =
            std::find_if(folder.diagnostics.begin(), folder.diagnostics.end(),
                         [&](const auto& diagnostic) { return diagnostic.rule == rule; });
        REQUIRE(found != folder.diagnostics.end());
        CHECK(found->severity == migrations::Severity::error);
        CHECK(found->line > 0);
        CHECK(found->file == "1_a.up.sql");
        CHECK_FALSE(found->help.empty());
        ++count;
    }
    CHECK(count >= 20);
}

TEST_CASE("an expression of 20,000 terms is parsed, where libpg_query alone overflows its stack") {
    CHECK(read_hostile("SELECT 1" + repeat("+1", 20'000)).statements.at(0).kind == "select");
    CHECK(read_hostile("SELECT 1" + repeat("::int", 10'000)).diagnostics.empty());
}

TEST_CASE("what is nested without limit is said, and crashes nothing") {
    constexpr std::size_t count = 400'000;
    for (const char* piece : {"+1", "::int", " UNION SELECT 1", "[1]", ".b", " IS NULL"}) {
        const auto found = read_hostile("SELECT a" + repeat(piece, count));
        INFO(piece);
        REQUIRE(found.diagnostics.size() == 1);
        CHECK(found.diagnostics[0].rule == "statement-not-parsed");
        CHECK(found.statements.size() == 1);
    }
    for (const char* piece : {"(", "f(1,", "CASE WHEN ", "ARRAY[", "(SELECT ", "NOT ", "- "}) {
        const auto found = read_hostile("SELECT " + repeat(piece, 50'000) + "1");
        INFO(piece);
        CHECK(found.diagnostics.size() == 1);
    }
    CHECK(read_hostile(repeat("/*", count)).diagnostics.size() == 1);
    CHECK(read_hostile(repeat("((((;", 100'000)).statements.size() == 1);
}

TEST_CASE("escapes for a database in another encoding are the server's to judge") {
    const auto found = read_hostile("INSERT INTO t VALUES (E'\\xe4');");
    REQUIRE(found.diagnostics.size() == 1);
    CHECK(found.diagnostics[0].rule == "statement-not-parsed");
    CHECK(found.diagnostics[0].severity == migrations::Severity::warning);
    CHECK(found.statements.size() == 1);
}

TEST_CASE("a file of 50 MB is read: its large statements by their first words") {
    const std::string row = "(1, '" + std::string(1000, 'x') + "'),\n";
    const std::string text = "INSERT INTO t VALUES " + repeat(row, 50'000) + "(2, 'y');\nSELECT 1;";
    const auto found = read_hostile(text);
    REQUIRE(found.statements.size() == 2);
    CHECK(found.diagnostics.at(0).rule == "statement-not-parsed");
    CHECK(found.statements[0].end == text.size() - 11);
    CHECK(found.statements[1].line == 50'002);
}

TEST_CASE("a file with thousands of errors reports the first twenty") {
    CHECK(read_hostile(repeat("SELEC 1;\n", 5'000)).diagnostics.size() == 20);
}
