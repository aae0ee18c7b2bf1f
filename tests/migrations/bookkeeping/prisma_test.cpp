#include "ledger/digest.hpp"
#include "tests/migrations/bookkeeping/books.hpp"

#include <catch2/catch.hpp>

namespace prisma_test {

using namespace tests;

namespace {

const Files files{{"20240101000000_a/migration.sql", "CREATE TABLE a ();\n"},
                  {"20240102000000_b/migration.sql", "CREATE TABLE b ();\n"}};

using Row = std::vector<Cell>;

Row row(const std::string& name, const std::string& checksum) {
    return {"id", checksum, "1767571200021000", name, {}, {}, "1767571200000000", "1"};
}

History prisma(const Cells& rows, std::optional<UnfinishedAs> unfinished = {}) {
    return history_of("prisma",
                      table_of("_prisma_migrations",
                               {"id", "checksum", "finished_at", "migration_name", "logs",
                                "rolled_back_at", "started_at", "applied_steps_count"},
                               rows),
                      files, unfinished);
}

const std::string right = ledger::hex(ledger::sha256("CREATE TABLE a ();\n"));

}  // namespace

TEST_CASE("Prisma's checksum is the file's SHA-256, whatever its line ends were") {
    const auto history = prisma({row("20240101000000_a", right)});
    CHECK(applied(history) == Texts{"20240101000000_a"});
    CHECK(history.entries[0].agrees == true);
    CHECK(history.entries[0].elapsed_us == 21'000);
    CHECK(history.findings.empty());
    const auto windows = ledger::hex(ledger::sha256("CREATE TABLE a ();\r\n"));
    CHECK(prisma({row("20240101000000_a", windows)}).entries[0].agrees == true);
    CHECK(prisma({row("20240101000000_a", std::string(64, '0'))}).entries[0].agrees == false);
}

TEST_CASE("a checksum of Prisma's first releases has no leading zeros in its bytes") {
    std::string text;  // the digest of this one has a byte below 16
    std::string hex;
    std::string old;
    for (int number = 0; old.size() == hex.size(); ++number) {
        text = "SELECT " + std::to_string(number) + ";\n";
        hex = ledger::hex(ledger::sha256(text));
        old.clear();
        for (std::size_t index = 0; index < hex.size(); index += 2)
            old += hex[index] == '0' ? hex.substr(index + 1, 1) : hex.substr(index, 2);
    }
    const Files file{{"20240101000000_a/migration.sql", text}};
    const auto agrees = [&](const std::string& checksum) {
        return history_of("prisma",
                          table_of("_prisma_migrations",
                                   {"id", "checksum", "finished_at", "migration_name", "logs",
                                    "rolled_back_at", "started_at", "applied_steps_count"},
                                   {row("20240101000000_a", checksum)}),
                          file)
            .entries.at(0)
            .agrees;
    };
    CHECK(agrees(hex) == true);
    CHECK(agrees(old) == true);
    CHECK(agrees(old.substr(1)) == false);
}

TEST_CASE("what Prisma only marked as applied is named") {
    Row marked = row("20240101000000_a", right);
    marked[7] = "0";
    const auto history = prisma({marked});
    CHECK(applied(history) == Texts{"20240101000000_a"});
    CHECK(tells(history, "was marked as applied on 2026-01-05 and never run"));
}

TEST_CASE("a try that Prisma rolled back is a finding, and the next try counts") {
    Row failed = row("20240101000000_a", right);
    failed[2].reset();
    failed[4] = "A migration failed to apply.\nDatabase error code: 42P07";
    failed[5] = "1767657600000000";
    const auto history = prisma({failed, row("20240101000000_a", right)});
    CHECK(applied(history) == Texts{"20240101000000_a"});
    CHECK(tells(history, "failed on 2026-01-05 and was marked rolled back on 2026-01-06"));
    CHECK(tells(history, "--rolled-back): SQLSTATE 42P07"));
}

TEST_CASE("of Prisma's log the database's error is told, and not the advice before it") {
    Row failed = row("20240101000000_a", right);
    failed[5] = "1767657600000000";
    const auto told = [&](const char* log) {
        failed[4] = log;
        return prisma({failed}).findings.at(0);
    };
    const std::string told_all = told(
        "A migration failed to apply. New migrations cannot be applied before the error is "
        "recovered from. Read more about how to resolve migration issues in a production "
        "database: https://pris.ly/d/migrate-resolve\n\nMigration name: 20240101000000_a\n\n"
        "Database error code: 42P01\n\nDatabase error:\nERROR: relation \"x\" does not exist\n\n"
        "Position:\n\x1b[1m  0\x1b[0m\n\nDbError { severity: \"ERROR\" }");
    CHECK(told_all.ends_with(": ERROR: relation \"x\" does not exist (SQLSTATE 42P01)"));
    CHECK(told("it failed\nsomewhere").ends_with(": it failed"));
}

TEST_CASE("what Prisma never finished is refused until a person says what is true") {
    Row open = row("20240102000000_b", right);
    open[2].reset();
    const auto table = table_of("_prisma_migrations",
                                {"id", "checksum", "finished_at", "migration_name", "logs",
                                 "rolled_back_at", "started_at", "applied_steps_count"},
                                {open});
    CHECK(try_history("prisma", {table}, files).error().reason == "import-unfinished");
    CHECK(prisma({open}, UnfinishedAs::unapplied).entries.empty());
    CHECK(applied(prisma({open}, UnfinishedAs::applied)) == Texts{"20240102000000_b"});
}

}  // namespace prisma_test
