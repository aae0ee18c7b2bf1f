#include "migrations/bookkeeping/checksum.hpp"
#include "tests/migrations/bookkeeping/books.hpp"

#include <catch2/catch.hpp>

namespace numbered_test {

using namespace tests;

namespace {

const Files directed{{"000001_a.up.sql", "CREATE TABLE a ();"},
                     {"000002_b.up.sql", "CREATE TABLE b ();"},
                     {"000003_c.up.sql", "CREATE TABLE c ();"}};

Table golang(const std::string& version, const std::string& dirty) {
    return table_of("schema_migrations", {"version", "dirty"}, {{version, dirty}});
}

Files with_lines(const std::string& up, const std::string& down) {
    Files files;
    for (const char* name : {"20240101000000_a.sql", "20240102000000_b.sql"})
        files[name] = up + "\nSELECT 1;\n" + down + "\nSELECT 2;\n";
    return files;
}

}  // namespace

TEST_CASE("golang-migrate keeps one number, so what is before it is presumed") {
    const auto history = history_of("golang-migrate", golang("2", "false"), directed);
    CHECK(applied(history) == Texts{"000001", "000002"});
    CHECK_FALSE(history.entries[0].recorded_version);
    CHECK(history.entries[1].recorded_version == "2");
    CHECK(tells(history, "keeps the newest version alone (2): the 1 before it are presumed"));
}

TEST_CASE("a dirty golang-migrate is refused until a person says what is true") {
    const auto refused = try_history("golang-migrate", {golang("2", "true")}, directed);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().reason == "import-unfinished");
    CHECK(refused.error().code == ledger::Code::in_doubt);
    CHECK_FALSE(try_history("golang-migrate", {golang("2", "1")}, directed));
    CHECK(try_history("golang-migrate", {golang("2", "0")}, directed));
    CHECK(applied(history_of("golang-migrate", golang("2", "true"), directed,
                             UnfinishedAs::applied)) == Texts{"000001", "000002"});
    CHECK(applied(history_of("golang-migrate", golang("2", "true"), directed,
                             UnfinishedAs::unapplied)) == Texts{"000001"});
}

TEST_CASE("undoing golang-migrate's first migration may have been left unfinished") {
    CHECK(try_history("golang-migrate", {golang("-1", "true")}, directed).error().reason ==
          "import-unfinished");
    CHECK(applied(history_of("golang-migrate", golang("-1", "true"), directed,
                             UnfinishedAs::applied)) == Texts{"000001"});
    CHECK(history_of("golang-migrate", golang("-1", "true"), directed, UnfinishedAs::unapplied)
              .entries.empty());
}

TEST_CASE("golang-migrate before its first migration, and past its last file") {
    const auto none = history_of("golang-migrate",
                                 table_of("schema_migrations", {"version", "dirty"}, {}), directed);
    CHECK(none.entries.empty());
    const auto past = history_of("golang-migrate", golang("7", "false"), directed);
    CHECK(applied(past) == Texts{"000001", "000002", "000003", "7"});
    CHECK(tells(past, "the file of what was applied is gone"));
}

TEST_CASE("dbmate's rows are versions and nothing else") {
    const auto history = history_of(
        "dbmate",
        table_of("schema_migrations", {"version"}, {{"20240102000000"}, {"20230101000000"}}),
        with_lines("-- migrate:up", "-- migrate:down"));
    CHECK(applied(history) == Texts{"20230101000000", "20240102000000"});
    CHECK(tells(history, "is gone, and it counts as applied without one: 20230101000000"));
}

TEST_CASE("versions that are kept as numbers are those of files with leading zeros") {
    const auto history = history_of(
        "dbmate", table_of("schema_migrations", {"version"}, {{"1"}, {"10"}, {"2"}}), directed);
    CHECK(applied(history) == Texts{"000001", "000002", "10"});
    CHECK(history.entries[1].recorded_version == "2");
}

TEST_CASE("goose's newest row of a version counts") {
    const auto history =
        history_of("goose",
                   table_of("goose_db_version", {"id", "version_id", "is_applied", "tstamp"},
                            {{"1", "0", "true", "1767571200000000"},
                             {"2", "20240101000000", "true", "1767571200000000"},
                             {"3", "20240102000000", "true", "1767571200000000"},
                             {"4", "20240101000000", "false", "1767657600000000"},
                             {"5", "20240101000000", "true", "1767744000000000"},
                             {"6", "20240102000000", "false", "1767744000000000"}}),
                   with_lines("-- +goose Up", "-- +goose Down"));
    CHECK(applied(history) == Texts{"20240101000000"});
    CHECK(history.entries[0].applied_at_us == 1'767'744'000'000'000);
    CHECK(tells(history, "\"20240101000000\" was applied 2 times, and undone 1 times"));
    CHECK(tells(history, "\"20240102000000\" was undone on 2026-01-07 and is not applied"));
}

TEST_CASE("Diesel's versions are the folders' without their dashes") {
    const Files files{{"2024-01-01-000000_a/up.sql", "SELECT 1;"},
                      {"2024-01-02-000000_b/up.sql", "SELECT 1;"}};
    const auto history =
        history_of("diesel",
                   table_of("__diesel_schema_migrations", {"version", "run_on"},
                            {{"00000000000000", "1"}, {"20240101000000", "1767571200000000"}}),
                   files);
    REQUIRE(history.entries.size() == 1);
    CHECK(history.entries[0].migration->name == "a");
    CHECK(tells(history, "Diesel's own setup"));
}

TEST_CASE("what has one time was applied in the order of the versions") {
    const Files files{{"20240101000000_a/up.sql", "SELECT 1;"},
                      {"20240102000000_b/up.sql", "SELECT 1;"}};
    const auto diesel = history_of(
        "diesel",
        table_of("__diesel_schema_migrations", {"version", "run_on"},
                 {{"20240102000000", "9"}, {"20240101000000", "9"}, {"20230101000000", "10"}}),
        files);
    CHECK(applied(diesel) == Texts{"20240101000000", "20240102000000", "20230101000000"});
    const auto sqlx =
        history_of("sqlx",
                   table_of("_sqlx_migrations", {"version", "installed_on", "success"},
                            {{"10", "9", "true"}, {"9", "9", "true"}, {"1", "10", "true"}}),
                   {{"1_a.sql", ""}});
    CHECK(applied(sqlx) == Texts{"9", "10", "1"});
}

TEST_CASE("sqlx's SHA-384 is compared, and what it never finished is refused") {
    const Files files{{"20240101000000_a.sql", "-- no-transaction\nCREATE TABLE a ();"},
                      {"20240102000000_b.sql", "CREATE TABLE b ();"}};
    const auto table = [&](const std::string& checksum, const std::string& success) {
        return table_of(
            "_sqlx_migrations",
            {"version", "description", "installed_on", "success", "checksum", "execution_time"},
            {{"20240101000000", "a", "1767571200000000", success, checksum, "160882735"}});
    };
    const std::string right = migrations::bookkeeping::sha384_hex(files.at("20240101000000_a.sql"));
    const auto history = history_of("sqlx", table(right, "true"), files);
    REQUIRE(history.entries.size() == 1);
    CHECK(history.entries[0].agrees == true);
    CHECK(history.entries[0].elapsed_us == 160'882);
    CHECK(history_of("sqlx", table("00ff", "true"), files).entries[0].agrees == false);
    const std::string windows =
        migrations::bookkeeping::sha384_hex("-- no-transaction\r\nCREATE TABLE a ();");
    const auto ends = history_of("sqlx", table(windows, "true"), files);
    CHECK(ends.entries[0].agrees == false);
    CHECK(tells(ends, "20240101000000_a.sql differs from what was applied in its line ends alone"));
    CHECK(history.findings.empty());
    CHECK(try_history("sqlx", {table(right, "false")}, files).error().reason ==
          "import-unfinished");
}

TEST_CASE("node-pg-migrate's names are files' without their extension") {
    const Files files{{"1700000000000_a.sql", "-- Up Migration\nSELECT 1;"},
                      {"1700000000001_b-renamed.sql", "-- Up Migration\nSELECT 1;"}};
    const auto history = history_of(
        "node-pg-migrate",
        table_of("pgmigrations", {"id", "name", "run_on"},
                 {{"1", "1700000000000_a", "1767571200000000"}, {"2", "1700000000001_b", "1"}}),
        files);
    CHECK(applied(history) == Texts{"1700000000000", "1700000000001"});
    CHECK(tells(history, "was given another name after it was applied"));
}

TEST_CASE("of two migrations with one timestamp neither's row is the other's") {
    const auto rows = [](const Cells& names) {
        return table_of("pgmigrations", {"id", "name"}, names);
    };
    const Files files{{"1700000000001_a.sql", "-- Up Migration\nSELECT 1;"},
                      {"1700000000002_b.sql", "-- Up Migration\nSELECT 1;"}};
    const auto read = [&](const Cells& names) {
        return try_history("node-pg-migrate", {rows(names)}, files);
    };
    for (const Cells& names : {Cells{{"1", "1700000000001_a"}, {"2", "1700000000001_b"}},
                               Cells{{"1", "1700000000001_b"}, {"2", "1700000000001_a"}},
                               Cells{{"1", "1700000000001_x"}, {"2", "1700000000001_y"}}}) {
        const auto history = read(names);
        REQUIRE_FALSE(history);
        CHECK(history.error().reason == "import-row-left");
    }
    CHECK(read({{"1", "1700000000001_a"}, {"2", "1700000000001_b"}})
              .error()
              .detail.starts_with("public.pgmigrations has 1700000000001_b as applied"));
    CHECK_FALSE(read({{"1", "1600000000000_gone"}, {"2", "1600000000000_too"}}));
    CHECK(applied(read({{"1", "1700000000001_a"}, {"2", "1700000000002_b"}}).value()) ==
          Texts{"1700000000001", "1700000000002"});
    CHECK(tells(read({{"1", "1700000000001_a"}, {"2", "1700000000001_a"}}).value(),
                "is recorded twice"));
}

}  // namespace numbered_test
