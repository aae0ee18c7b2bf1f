#include "migrations/catalog_question.hpp"

#include "migrations/kept_script.hpp"

#include <catch2/catch.hpp>

using migrations::CatalogQuestion;
using migrations::first_words;
using migrations::is_told_by_catalog;
using migrations::kept_script;
using migrations::question_about;
using Kind = CatalogQuestion::Kind;

namespace {

CatalogQuestion about(const std::string& sql, std::uint32_t index = 0) {
    INFO(sql);
    return question_about(kept_script("0001_test.sql", sql), index);
}

}  // namespace

TEST_CASE("a statement that runs with its marker in one transaction leaves nothing to ask") {
    for (const char* sql :
         {"CREATE TABLE a ()", "DROP TABLE a", "ALTER TYPE mood ADD VALUE 'glad'",
          "INSERT INTO a VALUES (1)", "ANALYZE a", "REINDEX TABLE a", "CLUSTER a USING b",
          "REFRESH MATERIALIZED VIEW CONCURRENTLY m", "ALTER TABLE p DETACH PARTITION c FINALIZE",
          "ALTER TABLE p DETACH PARTITION c",
          "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p "
          "WITH (connect = false)",
          "DO $$ BEGIN PERFORM 1; END $$", "ALTER DATABASE d SET a.b = 1",
          "ALTER SUBSCRIPTION s DISABLE"})
        CHECK(about(sql).kind == Kind::none);
    CHECK(about("BEGIN; CALL fill(); COMMIT", 1).kind == Kind::none);
    CHECK(about("SELECT 1", 1).kind == Kind::none);
}

TEST_CASE("what may be done twice is not asked about") {
    for (const char* sql :
         {"VACUUM", "VACUUM FULL a", "vacuum (analyze) a", "CLUSTER", "DISCARD ALL",
          "REINDEX SCHEMA public", "REINDEX INDEX CONCURRENTLY i", "REINDEX TABLE CONCURRENTLY t",
          "ALTER SYSTEM SET work_mem = '1MB'", "ALTER DATABASE d SET TABLESPACE t",
          "ALTER SUBSCRIPTION s REFRESH PUBLICATION", "ALTER SUBSCRIPTION s SET PUBLICATION p"})
        CHECK(about(sql).kind == Kind::repeatable);
}

TEST_CASE("indexes, databases, tablespaces and subscriptions are asked about by name") {
    CHECK(about("CREATE INDEX CONCURRENTLY i ON s.t (a)") ==
          CatalogQuestion{Kind::index_is_valid, {"s", "i"}, {}, {}});
    CHECK(about("DROP INDEX CONCURRENTLY IF EXISTS s.\"I\"") ==
          CatalogQuestion{Kind::index_is_gone, {"s", "I"}, {}, {}});
    CHECK(about("CREATE INDEX CONCURRENTLY ON s.t (a)") ==
          CatalogQuestion{Kind::unnamed_index_is_invalid, {"s", "t"}, {}, {}});
    CHECK(about("CREATE DATABASE /* a */ Sales") ==
          CatalogQuestion{Kind::database_is_there, {"", "sales"}, {}, {}});
    CHECK(about("DROP DATABASE IF EXISTS \"my \"\"db\"\"\" WITH (FORCE)") ==
          CatalogQuestion{Kind::database_is_gone, {"", "my \"db\""}, {}, {}});
    CHECK(about("CREATE TABLESPACE fast LOCATION '/mnt/fast'") ==
          CatalogQuestion{Kind::tablespace_is_there, {"", "fast"}, {}, {}});
    CHECK(about("DROP TABLESPACE IF EXISTS fast") ==
          CatalogQuestion{Kind::tablespace_is_gone, {"", "fast"}, {}, {}});
    CHECK(about("CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p") ==
          CatalogQuestion{Kind::subscription_is_there, {"", "s"}, {}, {}});
    CHECK(about("DROP SUBSCRIPTION s") ==
          CatalogQuestion{Kind::subscription_is_gone, {"", "s"}, {}, {}});
}

TEST_CASE("a DO that may commit inside is asked about, however it is written") {
    for (const char* sql : {"DO $$ BEGIN CALL fill(); END $$", "DO $$ BEGIN CALL\nfill(); END $$",
                            "DO $$ BEGIN CALL\tfill(); END $$", "DO $$BEGIN CALL/**/fill(); END$$",
                            "DO 'BEGIN EXECUTE ''CALL\n fill()''; END'",
                            "DO $$ BEGIN EXECUTE $e$CALL\"fill\"()$e$; END $$",
                            "DO $$ BEGIN COMMIT; END $$", "DO $$ BEGIN Rollback; END $$"})
        CHECK(about(sql).kind == Kind::nobody_knows);
    for (const char* sql : {"DO $$ BEGIN PERFORM recall(1); END $$",
                            "DO $$ BEGIN UPDATE calls SET call_id = 1, called = 2; END $$"})
        CHECK(about(sql).kind == Kind::none);
}

TEST_CASE("publications of a subscription and a partition's parent are asked about") {
    CHECK(about("ALTER SUBSCRIPTION s ADD PUBLICATION a, \"B\"") ==
          CatalogQuestion{Kind::publications_are_added, {"", "s"}, {}, {"a", "B"}});
    CHECK(about("ALTER SUBSCRIPTION s DROP PUBLICATION a WITH (refresh = true)") ==
          CatalogQuestion{Kind::publications_are_gone, {"", "s"}, {}, {"a"}});
    CHECK(about("ALTER TABLE IF EXISTS ONLY x.p DETACH PARTITION y.c CONCURRENTLY") ==
          CatalogQuestion{Kind::partition_is_detached, {"y", "c"}, {"x", "p"}, {}});
}

TEST_CASE("what may commit inside, or could not be read, nobody knows") {
    for (const char* sql : {"CALL fill()", "DO $$ BEGIN DELETE FROM a; COMMIT; END $$",
                            "DO $$ BEGIN CALL fill(); END $$", "DO $$ BEGIN ROLLBACK; END $$"})
        CHECK(about(sql).kind == Kind::nobody_knows);
    auto script = kept_script("0001_test.sql", "SELECT 1");
    script.statements.at(0).kind = "unparsed";
    CHECK(question_about(script, 0).kind == Kind::nobody_knows);
}

TEST_CASE("a catalog tells of what it can be asked, and of nothing else") {
    for (const char* sql : {"CREATE INDEX CONCURRENTLY i ON t (a)", "DROP DATABASE d",
                            "ALTER TABLE p DETACH PARTITION c CONCURRENTLY"})
        CHECK(is_told_by_catalog(about(sql)));
    for (const char* sql : {"SELECT 1", "VACUUM t", "CALL fill()"})
        CHECK_FALSE(is_told_by_catalog(about(sql)));
}

TEST_CASE("a question is said in words, and a statement without its literals") {
    CHECK(to_text(about("CREATE INDEX CONCURRENTLY i ON s.t (a)")) ==
          "whether the index \"s\".\"i\" is there and valid");
    CHECK(to_text(about("ALTER TABLE p DETACH PARTITION c CONCURRENTLY")) ==
          "whether table \"c\" still is a partition of \"p\"");
    const auto words = [](const std::string& sql) {
        return first_words(kept_script("0001_test.sql", sql), 0);
    };
    CHECK(words("CALL\n  audit . fill ( )") == "CALL audit . fill ( )");
    CHECK(words("CALL fill('secret', 1)") == "CALL fill(…");
    CHECK(words("CREATE SUBSCRIPTION s CONNECTION 'password=secret' PUBLICATION p") ==
          "CREATE SUBSCRIPTION s CONNECTION …");
    CHECK(words("DO $$ BEGIN COMMIT; END $$") == "DO …");
    CHECK(words("CALL fill(" + std::string(200, 'a') + ")") == "CALL fill(…");
}

TEST_CASE("a concurrent REINDEX of a schema or database is looked for on all tables of it") {
    using migrations::ConcurrentIndex;
    using migrations::IndexAction;
    const auto index_of = [](const std::string& sql) {
        return kept_script("0001_test.sql", sql).statements.at(0).concurrent_index;
    };
    CHECK(index_of("REINDEX (CONCURRENTLY) SCHEMA s") ==
          ConcurrentIndex{IndexAction::reindex, "s", "", "", false});
    CHECK(index_of("REINDEX DATABASE CONCURRENTLY d") ==
          ConcurrentIndex{IndexAction::reindex, "", "", "", false});
    CHECK_FALSE(index_of("REINDEX SYSTEM CONCURRENTLY d"));
    CHECK_FALSE(index_of("REINDEX SCHEMA s"));
}
