#include "migrations/rules/judge.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace migrations::rules;
using Texts = std::vector<std::string>;

// What the first finding of the rule advises.
Texts help_of(const std::string& history, const std::string& text, std::string_view rule) {
    Schema schema;
    remember(history, schema);
    for (const Finding& finding : judge(text, {}, schema).findings)
        if (finding.rule == rule) return finding.help;
    return {};
}

constexpr const char* partitioned =
    "CREATE TABLE pk (id int NOT NULL, d int NOT NULL) PARTITION BY RANGE (d);"
    "CREATE TABLE pk1 PARTITION OF pk FOR VALUES FROM (0) TO (10);";

}  // namespace

TEST_CASE("a key of a partitioned table is told to be made of those of its partitions") {
    CHECK(help_of(partitioned, "ALTER TABLE pk ADD PRIMARY KEY (id, d);", "primary-key-blocking") ==
          Texts{"on each partition: CREATE UNIQUE INDEX CONCURRENTLY, outside a transaction, then "
                "ALTER TABLE ... ADD CONSTRAINT ... PRIMARY KEY USING INDEX it",
                "then ALTER TABLE ONLY pk ADD CONSTRAINT pk_pkey PRIMARY KEY (id, d), which builds "
                "nothing",
                "and ALTER INDEX pk_pkey ATTACH PARTITION each of theirs"});
    const auto unique =
        help_of(partitioned, "ALTER TABLE pk ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (id, d);",
                "unique-constraint-blocking");
    REQUIRE(unique.size() == 3);
    CHECK(unique[1].starts_with(
        "then ALTER TABLE ONLY pk ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (id, d)"));
    const auto refused = help_of(partitioned, "ALTER TABLE pk ADD PRIMARY KEY USING INDEX i;",
                                 "version-unsupported-syntax");
    REQUIRE_FALSE(refused.empty());
    CHECK(refused.back().find("ALTER TABLE ONLY it ADD CONSTRAINT") != std::string::npos);
}

TEST_CASE("an index of a foreign key is told to be built on each partition") {
    const std::string add = " ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES other (id) NOT VALID;";
    CHECK(help_of(partitioned, "ALTER TABLE pk" + add, "fk-missing-index") ==
          Texts{"CREATE INDEX pk_id_idx ON ONLY pk (id); then CREATE INDEX CONCURRENTLY on each "
                "partition",
                "then ALTER INDEX ... ATTACH PARTITION each of them"});
    CHECK(help_of("CREATE TABLE a (id int);", "ALTER TABLE a" + add, "fk-missing-index") ==
          Texts{"CREATE INDEX CONCURRENTLY a_id_idx ON a (id)"});
}

TEST_CASE("what is advised can be run, whatever its strings and names hold") {
    CHECK(help_of("", "ALTER TYPE s RENAME VALUE 'a' TO 'it''s';", "rename-enum-value") ==
          Texts{"ALTER TYPE s ADD VALUE 'it''s', move the rows over, and stop using 'a'"});
    CHECK(help_of("CREATE TYPE s AS ENUM ('o''clock');", "ALTER TYPE s ADD VALUE 'it''s';",
                  "enum-add-value-position") == Texts{"ADD VALUE 'it''s' AFTER 'o''clock'"});
    CHECK(help_of("", "ALTER TYPE s ADD VALUE 'it''s';", "not-idempotent") ==
          Texts{"ADD VALUE IF NOT EXISTS 'it''s'"});
    CHECK(help_of("CREATE TABLE app.\"Big\" (\"Id\" serial);",
                  "INSERT INTO app.\"Big\" (\"Id\") VALUES (1);", "sequence-not-reset") ==
          Texts{"SELECT setval(pg_get_serial_sequence('app.\"Big\"', 'Id'), max(\"Id\")) FROM "
                "app.\"Big\""});
}

TEST_CASE("what is written past the server is not said to leave the schema alone") {
    Schema schema;
    for (const Finding& finding :
         judge("DELETE FROM pg_catalog.pg_depend WHERE objid = 1;", {}, schema).findings)
        if (finding.rule == "dml-in-migration")
            CHECK(finding.message.starts_with("this writes the catalog pg_catalog.pg_depend"));
}

TEST_CASE("a table that a query of constants fills has so many rows, as far as that is told") {
    const auto rows = [](const std::string& create) -> std::optional<double> {
        Schema schema;
        for (const Finding& finding :
             judge(create + "; CREATE INDEX ON nn (x);", {}, schema).findings)
            if (finding.rule == "index-create-blocking") return finding.row_count;
        return -1;
    };
    CHECK(rows("CREATE TABLE nn AS SELECT 1 AS x") == 1);
    CHECK(rows("SELECT 1 AS x INTO nn") == 1);
    CHECK(rows("CREATE TABLE nn (x) AS VALUES (1), (2)") == 2);
    CHECK(rows("CREATE TABLE nn AS SELECT 1 AS x UNION ALL SELECT 2 UNION ALL VALUES (3), (4)") ==
          4);
    for (const std::string query :
         {"SELECT generate_series(1, 1000000) AS x", "SELECT x FROM other", "TABLE other",
          "WITH o AS (SELECT x FROM other) SELECT 1 AS x", "SELECT 1 AS x UNION SELECT x FROM o"})
        CHECK(rows("CREATE TABLE nn AS " + query) == std::nullopt);
}
