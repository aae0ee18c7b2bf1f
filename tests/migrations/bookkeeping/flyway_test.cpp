#include "migrations/bookkeeping/checksum.hpp"
#include "tests/migrations/bookkeeping/books.hpp"

#include <catch2/catch.hpp>

namespace flyway_test {

using migrations::bookkeeping::flyway_checksum;
using namespace tests;

namespace {

constexpr const char* day = "1767571200000000";  // 2026-01-05

struct Row {
    std::optional<std::string> version;
    std::string description;
    std::string type{"SQL"};
    std::optional<std::string> checksum{};
    bool success{true};
};

// The columns as Flyway 4 and later create them.
Table flyway(const std::vector<Row>& rows) {
    Cells cells;
    for (const Row& row : rows)
        cells.push_back({std::to_string(cells.size() + 1), row.version, row.description, row.type,
                         "V" + row.version.value_or("") + ".sql", row.checksum, "app_owner", day,
                         "21", row.success ? "true" : "false"});
    return table_of("flyway_schema_history",
                    {"installed_rank", "version", "description", "type", "script", "checksum",
                     "installed_by", "installed_on", "execution_time", "success"},
                    cells);
}

const Files files{{"V1__a.sql", "CREATE TABLE a ();\n"},
                  {"V1.1__b.sql", "CREATE TABLE b ();\n"},
                  {"V2__c.sql", "CREATE TABLE c ();\n"},
                  {"R__views.sql", "CREATE OR REPLACE VIEW v AS SELECT 1;\n"}};

std::string sum(const char* name) { return flyway_checksum(files.at(name)); }

}  // namespace

TEST_CASE("Flyway's rows are taken over with all that they say") {
    const auto history = history_of(
        "flyway",
        flyway({{"1", "a", "SQL", sum("V1__a.sql")}, {{}, "views", "SQL", sum("R__views.sql")}}),
        files);
    CHECK(applied(history) == Texts{"1", "R__views"});
    CHECK(history.findings.empty());
    const auto& entry = history.entries[0];
    CHECK(entry.agrees == true);
    CHECK(entry.recorded_version == "1");
    CHECK(entry.recorded_checksum == sum("V1__a.sql"));
    CHECK(entry.applied_by == "app_owner");
    CHECK(entry.applied_at_us == 1'767'571'200'000'000);
    CHECK(entry.elapsed_us == 21'000);
    CHECK(history.row_count == 2);
    CHECK(history.rows.find(R"("installed_by":"app_owner")") != std::string::npos);
}

TEST_CASE("a Flyway repeatable whose file is gone is called as its file was") {
    auto table = flyway({{{}, "old views", "SQL", "5"}, {{}, "no script", "SQL", "5"}});
    table.rows[0][4] = "more/R__old_views.sql";
    table.rows[1][4] = "";
    CHECK(applied(history_of("flyway", table, files)) == Texts{"R__old_views", "R__no script"});
}

TEST_CASE("a Flyway script that was edited since does not agree") {
    const auto history = history_of("flyway", flyway({{"1.0", "a", "SQL", "1704763490"}}), files);
    CHECK(applied(history) == Texts{"1"});
    CHECK(history.entries[0].agrees == false);
}

TEST_CASE("a Flyway repeatable that was edited since is pending again") {
    const auto history = history_of("flyway", flyway({{{}, "views", "SQL", "1704763490"}}), files);
    CHECK(history.entries.empty());
    CHECK(tells(history, "pending again"));
}

TEST_CASE("what Flyway has undone, deleted or never repaired does not count as applied") {
    const auto undone =
        history_of("flyway", flyway({{"1", "a"}, {"2", "c"}, {"2", "c", "UNDO_SQL"}}), files);
    CHECK(applied(undone) == Texts{"1"});
    CHECK(tells(undone, "\"2\" was undone on 2026-01-05"));

    const auto again =
        history_of("flyway", flyway({{"2", "c"}, {"2", "c", "UNDO_SQL"}, {"2", "c"}}), files);
    CHECK(applied(again) == Texts{"2"});

    const auto deleted =
        history_of("flyway", flyway({{"1", "a"}, {"9", "gone"}, {"9", "gone", "DELETE"}}), files);
    CHECK(applied(deleted) == Texts{"1"});
    CHECK(tells(deleted, "\"9\" was marked deleted by repair"));

    const auto failed =
        try_history("flyway", {flyway({{"1", "a"}, {"2", "c", "SQL", {}, false}})}, files);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().reason == "import-unfinished");
    CHECK(failed.error().detail.find("\"2\" failed on 2026-01-05") != std::string::npos);
    const auto said = history_of("flyway", flyway({{"1", "a"}, {"2", "c", "SQL", {}, false}}),
                                 files, UnfinishedAs::unapplied);
    CHECK(applied(said) == Texts{"1"});
    CHECK(tells(said, "taken as not applied, as was said"));
}

TEST_CASE("Flyway's baseline, its disorder and its Java are named") {
    const auto history = history_of("flyway",
                                    flyway({{"1.1", "<< Flyway Baseline >>", "BASELINE"},
                                            {"2", "c"},
                                            {"1.5", "java", "JDBC"},
                                            {"0", "schema", "SCHEMA"}}),
                                    files);
    CHECK(applied(history) == Texts{"1", "1.1", "2", "1.5"});
    CHECK_FALSE(history.entries[0].recorded_version);
    CHECK(tells(history, "presumed to be there, and never run by Flyway here: 1, 1.1"));
    CHECK(tells(history, "\"1.5\" was applied out of order, after \"2\""));
    CHECK(tells(history, "\"1.5\" was no SQL but JDBC"));
    CHECK(tells(history, "the file of what was applied is gone"));
    CHECK(history.entries[3].migration == nullptr);
}

TEST_CASE("a baseline's script that Flyway has run stands for what is at or below it") {
    Files with_script = files;
    with_script["B2__base.sql"] = "CREATE TABLE a ();\n";
    with_script["V3__d.sql"] = "CREATE TABLE d ();\n";
    const auto rows = flyway({{"2", "base", "SQL_BASELINE"}, {"3", "d"}});
    const auto history = history_of("flyway", rows, with_script);
    CHECK(applied(history) == Texts{"B2", "3"});
    CHECK(
        tells(history, "the baseline's script \"B2\" on 2026-01-05, which stands for 1, 1.1, 2:"));
    CHECK_FALSE(tells(history, "out of order"));

    with_script.erase("B2__base.sql");
    CHECK(applied(history_of("flyway", rows, with_script)) == Texts{"1", "1.1", "2", "B2", "3"});
}

TEST_CASE("a Flyway baseline below every file counts as applied without one") {
    const Files above{{"V2__c.sql", "ALTER TABLE legacy ADD c int;\n"}};
    const auto history = history_of(
        "flyway", flyway({{"1", "<< Flyway Baseline >>", "BASELINE"}, {"2", "c"}}), above);
    CHECK(applied(history) == Texts{"1", "2"});
    CHECK(history.entries[0].migration == nullptr);
    CHECK(history.entries[0].name == "<< Flyway Baseline >>");
    CHECK(history.findings == Texts{"Flyway's baseline is at \"1\" on 2026-01-05: no file is at or "
                                    "below it, and it counts as applied without one"});
}

TEST_CASE("the schemas that Flyway has made itself are named") {
    auto table = flyway({{{}, "<< Flyway Schema Creation >>", "SCHEMA"}, {"1", "a"}});
    table.rows[0][4] = "\"app\"";
    const auto history = history_of("flyway", table, files);
    CHECK(applied(history) == Texts{"1"});
    CHECK(tells(history, "Flyway itself has made the schema \"app\" on 2026-01-05"));
}

}  // namespace flyway_test
