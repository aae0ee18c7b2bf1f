#include "ledger/digest.hpp"
#include "tests/migrations/bookkeeping/books.hpp"

#include <catch2/catch.hpp>

namespace drizzle_test {

using namespace tests;

namespace {

std::string hash(const std::string& text) { return ledger::hex(ledger::sha256(text)); }

const Files journaled{{"meta/_journal.json",
                       R"({"version":"7","dialect":"postgresql","entries":[
         {"idx":0,"version":"7","when":1000,"tag":"0000_a","breakpoints":true},
         {"idx":1,"version":"7","when":3000,"tag":"0001_b","breakpoints":true},
         {"idx":2,"version":"7","when":2000,"tag":"0002_late","breakpoints":true},
         {"idx":3,"version":"7","when":4000,"tag":"0003_c","breakpoints":true}]})"},
                      {"0000_a.sql", "CREATE TABLE a ();"},
                      {"0001_b.sql", "CREATE TABLE b ();"},
                      {"0002_late.sql", "CREATE TABLE late ();"},
                      {"0003_c.sql", "CREATE TABLE c ();"}};

Table older(const Cells& rows) {
    return table_of("__drizzle_migrations", {"id", "hash", "created_at"}, rows);
}

}  // namespace

TEST_CASE("Drizzle's journal and hashes are held against the files") {
    const auto history = history_of("drizzle",
                                    older({{"1", hash("CREATE TABLE a ();"), "1000"},
                                           {"2", hash("CREATE TABLE b ();"), "3000"}}),
                                    journaled);
    CHECK(applied(history) == Texts{"0000_a", "0001_b"});
    CHECK(history.entries[0].agrees == true);
    CHECK_FALSE(history.entries[0].applied_at_us);
}

TEST_CASE("what Drizzle has silently left out is named") {
    const auto history = history_of("drizzle",
                                    older({{"1", hash("CREATE TABLE a ();"), "1000"},
                                           {"2", hash("CREATE TABLE b ();"), "3000"}}),
                                    journaled);
    CHECK(tells(history, "\"0002_late\" was never applied: its `when` in the journal"));
    CHECK_FALSE(tells(history, "0003_c"));
}

TEST_CASE("a Drizzle file that was edited, one that is gone, and one of another instant") {
    const auto history = history_of("drizzle",
                                    older({{"1", hash("CREATE TABLE before ();"), "1000"},
                                           {"2", hash("CREATE TABLE gone ();"), "1500"},
                                           {"3", hash("CREATE TABLE b ();"), "2500"}}),
                                    journaled);
    CHECK(applied(history) == Texts{"0000_a", "1500", "0001_b"});
    CHECK(history.entries[0].agrees == false);
    CHECK(history.entries[1].migration == nullptr);
    CHECK(history.entries[2].agrees == true);
    CHECK(tells(history, "no file has the hash of the row of 1500"));
    CHECK(tells(history, "\"0001_b\" was recorded as of 2500, and its own instant is 3000"));
}

TEST_CASE("Drizzle's newer form has names and the time at which each was applied") {
    const Files folders{{"20240506123000_a/migration.sql", "CREATE TABLE a ();"},
                        {"20240506123000_a/snapshot.json", "{}"},
                        {"20240507123000_b/migration.sql", "CREATE TABLE b ();"},
                        {"20240507123000_b/snapshot.json", "{}"}};
    const auto history = history_of(
        "drizzle",
        table_of("__drizzle_migrations", {"id", "hash", "created_at", "name", "applied_at"},
                 {{"1", hash("CREATE TABLE a ();"), "1714998600000", "20240506123000_a",
                   "1767571200000000"},
                  {"2", hash("CREATE TABLE b ();"), "1715085000000", {}, {}}}),
        folders);
    CHECK(applied(history) == Texts{"20240506123000_a", "20240507123000_b"});
    CHECK(history.entries[0].applied_at_us == 1'767'571'200'000'000);
    CHECK(history.findings.empty());
}

TEST_CASE(
    "Drizzle's rows of before its folders have milliseconds that the folders' names have not") {
    const Files folders{{"20240506123000_a/migration.sql", "CREATE TABLE a ();"},
                        {"20240506123000_a/snapshot.json", "{}"},
                        {"20240507123000_b/migration.sql", "CREATE TABLE b (); -- edited"},
                        {"20240507123000_b/snapshot.json", "{}"}};
    const auto history = history_of("drizzle",
                                    older({{"1", hash("CREATE TABLE a ();"), "1714998600123"},
                                           {"2", hash("CREATE TABLE b ();"), "1715085000999"}}),
                                    folders);
    CHECK(applied(history) == Texts{"20240506123000_a", "20240507123000_b"});
    CHECK(history.entries[1].agrees == false);
    CHECK(history.findings.empty());
}

TEST_CASE("Drizzle's rows are in the order in which they were written") {
    const auto history = history_of("drizzle",
                                    older({{"2", hash("CREATE TABLE a ();"), "1000"},
                                           {"1", hash("CREATE TABLE b ();"), "3000"}}),
                                    journaled);
    CHECK(applied(history) == Texts{"0001_b", "0000_a"});
}

}  // namespace drizzle_test
