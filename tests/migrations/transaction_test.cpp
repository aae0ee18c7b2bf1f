#include "migrations/directives.hpp"
#include "migrations/kept_script.hpp"
#include "tests/migrations/folder_of.hpp"

#include <catch2/catch.hpp>

namespace {

using migrations::FolderSettings;
using migrations::TransactionMode;
using tests::folder_of;
using tests::Texts;

migrations::Folder varve(const std::string& text, const FolderSettings& settings = {}) {
    return folder_of({{"1_a.up.sql", text}}, settings);
}

// Of a tool that runs a file as it stands.
migrations::Folder other(const std::string& text) {
    return folder_of({{"1_a/migration.sql", text}});
}

}  // namespace

TEST_CASE("a script runs in one transaction unless something says otherwise") {
    const auto folder = varve("SELECT 1; ALTER TYPE e ADD VALUE 'x';");
    CHECK(folder.diagnostics.empty());
    CHECK(folder.migrations[0].up.mode == TransactionMode::one);
    CHECK_FALSE(folder.migrations[0].up.mode_declared);
}

TEST_CASE("an outer BEGIN and COMMIT are the one transaction, whatever comments are around them") {
    for (const char* text :
         {"-- why\nBEGIN;\nSELECT 1;\nCOMMIT;\n-- done\n", "START TRANSACTION; END",
          "begin; savepoint s; select 1; rollback to s; release s; commit;"}) {
        const auto folder = varve(text);
        CHECK(folder.diagnostics.empty());
        CHECK(folder.migrations[0].up.mode == TransactionMode::one);
        CHECK(other(text).migrations[0].up.mode == TransactionMode::one);
    }
}

TEST_CASE("a statement that needs it takes the script out of the transaction, and is named") {
    const auto folder = varve("SELECT 1; CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);");
    CHECK(folder.diagnostics.empty());
    CHECK(folder.migrations[0].up.mode == TransactionMode::none);
    CHECK(folder.migrations[0].up.mode_cause == "CREATE UNIQUE INDEX CONCURRENTLY");
    CHECK_FALSE(folder.migrations[0].up.mode_declared);
    CHECK(varve("ALTER SYSTEM SET a = 1").migrations[0].up.mode_cause == "ALTER SYSTEM");
}

TEST_CASE("a COMMIT in the middle runs as it stands where the layout's tool runs it so") {
    for (const char* text : {"SELECT 1; COMMIT; SELECT 2;", "SET a = 1; BEGIN; SELECT 1; COMMIT;",
                             "BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2; COMMIT;"}) {
        const auto folder = other(text);
        CHECK(folder.diagnostics.empty());
        CHECK(folder.migrations[0].up.mode == TransactionMode::none);
        CHECK(folder.migrations[0].up.mode_cause == "the file has its own COMMIT");
        CHECK_FALSE(folder.migrations[0].up.mode_declared);
        CHECK(has_errors(varve(text).diagnostics));
        CHECK(varve(std::string{"-- varve: transaction off\n"} + text).diagnostics.empty());
    }
}

TEST_CASE("a BEGIN after a COMMIT may be left to the tool's own COMMIT, and is marked") {
    const std::string text = "SELECT 1; COMMIT; VACUUM t; BEGIN; SELECT 2;";
    const auto left = other(text);
    CHECK(left.diagnostics.empty());
    CHECK(left.migrations.at(0).up.statements.at(3).is_left_open);
    CHECK(tests::rules(varve("-- varve: transaction off\n" + text)) ==
          Texts{"transaction-control"});
    CHECK_FALSE(
        other("COMMIT; BEGIN; SELECT 1; COMMIT").migrations.at(0).up.statements.at(1).is_left_open);
}

TEST_CASE("what needs no transaction is refused within a block of the file's own") {
    CHECK(tests::rules(other("SELECT 1; BEGIN; VACUUM t; COMMIT;")) ==
          Texts{"needs-no-transaction"});
    CHECK(tests::rules(other("BEGIN; SELECT 1; COMMIT; VACUUM t;")).empty());
}

TEST_CASE("a directive, and above it the configuration, declare the mode") {
    const auto declared = varve("-- varve: transaction off\nSELECT 1;");
    CHECK(declared.migrations[0].up.mode == TransactionMode::none);
    CHECK(declared.migrations[0].up.mode_declared);
    CHECK(declared.migrations[0].up.mode_cause == "varve: transaction off");
    FolderSettings settings;
    settings.files["1_a.up.sql"].transaction = TransactionMode::none;
    CHECK(varve("SELECT 1", settings).migrations[0].up.mode_cause == "the configuration");
    settings.files["1_a.up.sql"].transaction = TransactionMode::one;
    CHECK(varve("-- varve: transaction off\nSELECT 1;", settings).migrations[0].up.mode ==
          TransactionMode::one);
    settings.files = {{"gone.sql", {}}};
    CHECK(tests::rules(varve("SELECT 1", settings)) == Texts{"setting-unused"});
}

TEST_CASE("an accepted rule is a directive that changes nothing here") {
    CHECK(varve("-- varve: allow index-create-blocking reason=\"new table\"\nSELECT 1;")
              .diagnostics.empty());
    CHECK(varve("SELECT '-- varve: nonsense'").diagnostics.empty());
}

TEST_CASE("a rule is accepted in the body of a DO block or a function too") {
    const std::string allow = "-- varve: allow truncate reason=\"it is a cache\"\n";
    for (const std::string before :
         {"DO $$ BEGIN\n", "DO LANGUAGE plpgsql $x$ BEGIN\n",
          "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\n"}) {
        const auto read = migrations::read_directives(before + allow, "1.up.sql", 1);
        INFO(before);
        CHECK(read.allowances.empty());
        const std::string end = before.find("$x$") == std::string::npos ? "$$" : "$x$";
        const auto text = before + allow + "TRUNCATE t; END " + end + ";";
        const auto whole = migrations::read_directives(text, "1.up.sql", 1);
        CHECK(whole.diagnostics.empty());
        REQUIRE(whole.allowances.size() == 1);
        CHECK(whole.allowances[0].rule == "truncate");
        CHECK(whole.allowances[0].begin == before.size());
    }
    CHECK(migrations::read_directives("SELECT $$\n" + allow + "$$;", "1.up.sql", 1)
              .allowances.empty());
}

TEST_CASE("what no body can say is refused in one, on its own line") {
    const auto read =
        migrations::read_directives("DO $$ BEGIN\n-- varve: transaction off\nEND $$", "1.sql", 1);
    CHECK_FALSE(read.transaction);
    REQUIRE(read.diagnostics.size() == 1);
    CHECK(read.diagnostics[0].line == 2);
    CHECK(read.diagnostics[0].column == 1);
}

TEST_CASE("what is nearly a directive is not ignored") {
    for (const std::string text :
         {"-- Varve: transaction off\nSELECT 1;", "-- varve transaction off\nSELECT 1;",
          "-- VARVE : irreversible reason=\"gone\"\nSELECT 1;",
          "/* varve: allow truncate reason=\"x\" */ TRUNCATE t;",
          "DO $$ BEGIN\n-- varve allow truncate reason=\"x\"\nTRUNCATE t; END $$;"}) {
        INFO(text);
        const auto read = migrations::read_directives(text, "1.sql", 1);
        REQUIRE(read.diagnostics.size() == 1);
        CHECK(read.diagnostics[0].rule == "directive-unknown");
        CHECK_FALSE(read.transaction);
    }
    for (const std::string text :
         {"-- Varve: see the guide\nSELECT 1;", "-- varve allows this\nSELECT 1;",
          "-- varve transaction\nSELECT 1;", "/* varve */ SELECT 1;", "/**/ SELECT 'varve';"}) {
        INFO(text);
        CHECK(migrations::read_directives(text, "1.sql", 1).diagnostics.empty());
    }
}

TEST_CASE("irreversible is a directive that needs its reason") {
    CHECK(varve("-- varve: irreversible reason=\"drops rows\"\nSELECT 1;").diagnostics.empty());
    CHECK(tests::rules(varve("-- varve: irreversible\nSELECT 1;")) == Texts{"directive-unknown"});
    CHECK(tests::rules(varve("-- varve: irreversible reason=\"\"\nSELECT 1;")) ==
          Texts{"directive-unknown"});
    const std::string text = "-- varve: irreversible reason=\"drops rows\"\nSELECT 1;";
    CHECK(migrations::read_directives(text, "1.up.sql", 1).irreversible == "drops rows");
}

TEST_CASE("control that would break the transaction is refused in every layout") {
    for (const char* text : {"SELECT 1; ROLLBACK;", "PREPARE TRANSACTION 'x';",
                             "SELECT 1; ROLLBACK AND CHAIN; SELECT 2;"}) {
        CHECK(tests::rules(varve(text)) == Texts{"transaction-control"});
        CHECK(tests::rules(other(text)) == Texts{"transaction-control"});
    }
}

TEST_CASE("a chain is named whole, and what takes its place does what it does") {
    for (const bool undoes : {false, true}) {
        const std::string word = undoes ? "ROLLBACK" : "COMMIT";
        const std::string text = "SELECT 1; " + word + " AND CHAIN; SELECT 2;";
        const std::string instead = "write " + word + "; BEGIN; in its place";
        const auto one = varve(text);
        REQUIRE(tests::rules(one) == Texts{"transaction-control"});
        CHECK(one.diagnostics[0].message.starts_with(word + " AND CHAIN ends"));
        CHECK(one.diagnostics[0].help.at(0) ==
              instead + ", and declare the file without a transaction: -- varve: transaction off");
        const auto none = varve("-- varve: transaction off\n" + text);
        REQUIRE(tests::rules(none) == Texts{"transaction-control"});
        CHECK(none.diagnostics[0].message == word + " AND CHAIN cannot be run");
        CHECK(none.diagnostics[0].help.at(0) ==
              instead + ": no migration may leave a transaction open");
        CHECK(none.diagnostics[0].concerns_running);
    }
}

TEST_CASE("two-phase commit is refused in whatever mode, without a way that is none") {
    for (const char* text : {"PREPARE TRANSACTION 'x';", "COMMIT PREPARED 'x';"}) {
        INFO(text);
        for (const std::string before : {"", "-- varve: transaction off\n"}) {
            const auto folder = varve(before + text);
            CHECK(tests::rules(folder) == Texts{"transaction-control"});
            CHECK(folder.diagnostics.at(0).help.at(0).find("off") == std::string::npos);
        }
    }
    CHECK(tests::rules(
              varve("-- varve: transaction off\nBEGIN; SELECT 1; PREPARE TRANSACTION 'x';")) ==
          Texts{"transaction-control"});
}

TEST_CASE("a fault in a down script concerns the way down only") {
    const auto folder =
        folder_of({{"1_a.up.sql", "SELECT 1"}, {"1_a.down.sql", "SELEC 1;\n\\q\n"}});
    REQUIRE(folder.diagnostics.size() == 2);
    for (const auto& diagnostic : folder.diagnostics) {
        CHECK(diagnostic.concerns_down);
        CHECK(diagnostic.file == "1_a.down.sql");
    }
    CHECK_FALSE(varve("SELEC 1").diagnostics.at(0).concerns_down);
}

TEST_CASE("a script keeps its bytes, and is sent as text") {
    const std::string bytes = "\xEF\xBB\xBFSELECT 1;\r\nSELECT 2;\r\n";
    const auto script = varve(bytes).migrations.at(0).up;
    CHECK(script.bytes == bytes);
    CHECK(script.digest == ledger::sha256(bytes));
    CHECK(script.text == bytes.substr(3));
    CHECK(tests::statements(script) == Texts{"SELECT 1", "SELECT 2"});
    CHECK(script.statements[1].line == 2);
}

TEST_CASE("a script may be empty, or comments only") {
    for (const char* text : {"", "-- nothing\n", " \n;\n"}) {
        const auto folder = varve(text);
        CHECK(folder.diagnostics.empty());
        CHECK(folder.migrations.at(0).up.statements.empty());
    }
}

TEST_CASE("a script made again from the ledger's bytes hears its own transaction directive") {
    const auto kept =
        migrations::kept_script("1_a.down.sql", "-- varve: transaction off\nDROP TABLE t;\n");
    CHECK(kept.mode == TransactionMode::none);
    CHECK(kept.mode_cause == "varve: transaction off");
    CHECK(kept.mode_declared);
    CHECK(migrations::kept_script("1_a.down.sql", "DROP TABLE t;").mode == TransactionMode::one);
}
