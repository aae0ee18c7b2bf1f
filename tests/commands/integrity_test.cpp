#include "commands/integrity.hpp"

#include "migrations/kept_script.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

namespace integrity_test {

using namespace commands;
using tests::must;

namespace {

Questions asked(const std::string& sql) {
    const auto script = migrations::kept_script("1.up.sql", sql);
    return questions_of({&script});
}

class FakeData final : public IntegrityDatabase {
public:
    ledger::Result<CatalogFigures> catalog() override { return figures; }
    ledger::Result<CountAnswer> count_orphans(const ForeignKey&) override { return answer; }
    ledger::Result<CountAnswer> count_duplicates(const RowsQuestion&) override { return answer; }
    ledger::Result<CountAnswer> count_nulls(const RowsQuestion&) override { return answer; }
    ledger::Result<CountAnswer> count_rows(const RowsQuestion&) override { return answer; }
    CatalogFigures figures;
    CountAnswer answer{0, ""};
};

std::vector<std::string> failed(FakeData& data, const Questions& questions) {
    std::vector<std::string> names;
    for (const auto& check : must(check_integrity(data, questions, {})))
        if (!check.passed) names.push_back(check.name + ": " + check.detail);
    return names;
}

}  // namespace

TEST_CASE("what pending statements will ask of the rows") {
    const auto questions = asked(
        "ALTER TABLE app.t ADD CONSTRAINT u UNIQUE (a, b);\n"
        "ALTER TABLE t ALTER c SET NOT NULL;\n"
        "ALTER TABLE t ADD PRIMARY KEY (d);\n"
        "CREATE UNIQUE INDEX i ON t (e);\n"
        "ALTER TABLE t ADD CHECK (f IS NOT NULL) NOT VALID;\n"
        "ALTER TABLE t VALIDATE CONSTRAINT k;\n"
        "CREATE UNIQUE INDEX j ON t (lower(e));\n");
    REQUIRE(questions.unique.size() == 3);
    CHECK(questions.unique[0].schema == "app");
    CHECK(questions.unique[0].columns == std::vector<std::string>{"a", "b"});
    CHECK(questions.unique[0].asked_by == "1.up.sql:1");
    CHECK(questions.unique[2].columns == std::vector<std::string>{"e"});
    REQUIRE(questions.not_null.size() == 3);
    CHECK(questions.not_null[0].columns == std::vector<std::string>{"c"});
    CHECK(questions.not_null[1].columns == std::vector<std::string>{"d"});
    CHECK(questions.validated == std::vector<std::string>{"k"});
    CHECK(questions.not_asked.size() == 1);
}

TEST_CASE("what will be asked of the rows and is not asked here is told") {
    const auto questions = asked(
        "CREATE TABLE made (a int);\nALTER TABLE made ADD CHECK (a > 0);\n"
        "ALTER TABLE t ADD CHECK (a > 0);\nALTER TABLE t ADD CHECK (b > 0) NOT VALID;\n"
        "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u;\n"
        "ALTER TABLE t ADD EXCLUDE USING gist (a WITH =);\n"
        "ALTER DOMAIN d SET NOT NULL;\nALTER TABLE p ATTACH PARTITION t DEFAULT;\n"
        "DO $$ BEGIN END $$;");
    CHECK(questions.not_asked.size() == 6);
    CHECK(questions.not_asked.front() == "1.up.sql:3: whether the rows of t satisfy a constraint");
}

TEST_CASE("what a pending statement writes first is known") {
    const auto questions = asked(
        "UPDATE t SET c = 1;\nALTER TABLE t ALTER c SET NOT NULL;\n"
        "ALTER TABLE u ALTER c SET NOT NULL;\n");
    REQUIRE(questions.not_null.size() == 2);
    CHECK(questions.not_null[0].is_written_before);
    CHECK_FALSE(questions.not_null[1].is_written_before);
}

TEST_CASE("what a DO block does not name it does not write, but for what its text does not tell") {
    const auto is_written = [](const std::string& body) {
        return asked("DO $$ BEGIN " + body + " END $$;\nCREATE UNIQUE INDEX i ON t (a);")
            .unique.at(0)
            .is_written_before;
    };
    CHECK_FALSE(is_written("ALTER TABLE w ADD COLUMN k int;"));
    CHECK_FALSE(is_written("EXECUTE 'UPDATE w SET a = 1';"));
    CHECK(is_written("DELETE FROM t;"));
    CHECK(is_written("EXECUTE 'UPDATE public.t SET a = 1';"));
    CHECK(is_written("EXECUTE format('UPDATE %I SET a = 1', x);"));
    CHECK(is_written("EXECUTE 'UPDATE ' || x || ' SET a = 1';"));
    CHECK(is_written("EXECUTE x;"));
    CHECK(is_written("PERFORM clean();"));
    CHECK(asked("TRUNCATE t;\nCREATE UNIQUE INDEX i ON t (a);").unique.at(0).is_written_before);
}

TEST_CASE("a new column asks for few rows, where it has no value for them or one for all") {
    const auto questions = asked(
        "ALTER TABLE t ADD a int NOT NULL;\nALTER TABLE t ADD b text UNIQUE DEFAULT 'x';\n"
        "ALTER TABLE t ADD c int PRIMARY KEY;\nALTER TABLE t ADD IF NOT EXISTS d int NOT NULL;\n"
        "ALTER TABLE t ADD e int NOT NULL DEFAULT 1, ADD f serial PRIMARY KEY, ADD g int UNIQUE,\n"
        "    ADD h int GENERATED ALWAYS AS IDENTITY UNIQUE;\n"
        "ALTER TABLE t ADD i mood NOT NULL, ADD j uuid UNIQUE DEFAULT gen_random_uuid();\n"
        "DELETE FROM t;\nALTER TABLE t ADD k int NOT NULL;\n"
        "CREATE TABLE n (a int);\nALTER TABLE n ADD b int NOT NULL;");
    REQUIRE(questions.rows.size() == 6);
    CHECK(questions.rows[0].is_none_allowed);
    CHECK(questions.rows[0].unless_column.empty());
    CHECK_FALSE(questions.rows[1].is_none_allowed);
    CHECK(questions.rows[2].is_none_allowed);
    CHECK(questions.rows[3].unless_column == "d");
    CHECK_FALSE(questions.rows[3].is_written_before);
    CHECK(questions.rows[4].is_written_before);
    CHECK(questions.rows[5].is_made_before);
    CHECK(questions.not_asked.size() == 2);
    FakeData data;
    data.answer = {1, ""};
    Questions two;
    two.rows = {questions.rows[0], questions.rows[1]};
    CHECK(failed(data, two).size() == 1);
    data.answer = {2, ""};
    CHECK(failed(data, two).size() == 2);
}

TEST_CASE("values that get another type are not asked of as they are") {
    const auto questions = asked(
        "ALTER TABLE t ALTER a TYPE citext, ALTER b TYPE text;\n"
        "ALTER TABLE t ADD UNIQUE (a);\nALTER TABLE t ADD UNIQUE (c);");
    CHECK(questions.not_asked ==
          std::vector<std::string>{"1.up.sql:1: whether the values of column "
                                   "a of t can be those of its new type"});
    CHECK(questions.unique.at(0).is_retyped_before);
    CHECK_FALSE(questions.unique.at(1).is_retyped_before);
    FakeData data;
    CHECK(must(check_integrity(data, questions, {})).at(3).name == "not asked");
}

TEST_CASE("a count is a failure, unless something writes there first; no answer is no pass") {
    FakeData data;
    Questions questions;
    questions.not_null = {{"", "t", {"c"}, false, "1.up.sql:1", false}};
    CHECK(failed(data, questions).empty());
    data.answer = {2, ""};
    CHECK(failed(data, questions) ==
          std::vector<std::string>{"no nulls: t (c) for 1.up.sql:1: 2 rows with null"});
    questions.not_null[0].is_written_before = true;
    CHECK(failed(data, questions).empty());
    data.answer = {std::nullopt, "too slow"};
    CHECK(failed(data, questions).size() == 1);
}

TEST_CASE("what is not there is a pass only where a pending statement makes it") {
    FakeData data;
    data.answer = {};
    Questions questions;
    questions.not_null = {{"", "t", {"c"}, false, "1.up.sql:1", false}};
    const auto said = [&] { return must(check_integrity(data, questions, {})).back(); };
    CHECK(said().name == "not asked");
    questions.not_null[0].is_made_before = true;
    CHECK(said().name == "no nulls: t (c) for 1.up.sql:1");
    CHECK(said().detail == "not there yet");
}

TEST_CASE("a name without a schema is asked for where the script's own search_path leads") {
    for (const char* set : {"SET LOCAL search_path TO q", "SET search_path = q", "SET SCHEMA 'q'",
                            "SELECT set_config('search_path', 'q', false)"}) {
        const auto questions = asked(std::string{set} +
                                     ";\nALTER TABLE t ADD UNIQUE (a);\nRESET search_path;\n"
                                     "ALTER TABLE t ALTER a SET NOT NULL;");
        REQUIRE(questions.unique.size() == 1);
        CHECK(questions.unique[0].schema == "q");
        CHECK_FALSE(questions.unique[0].is_made_before);
        REQUIRE(questions.not_null.size() == 1);
        CHECK(questions.not_null[0].schema.empty());
        CHECK(questions.not_null[0].search_path.empty());
    }
    const auto several =
        asked("SET search_path = q, \"r s\";\nALTER TABLE t ADD UNIQUE (a);").unique.at(0);
    CHECK(several.schema.empty());
    CHECK(several.search_path == std::vector<std::string>{"q", "r s"});
    const auto unknown = asked(
        "SELECT set_config('search_path', current_user || 'x', false);\n"
        "ALTER TABLE t ADD UNIQUE (a);");
    CHECK(unknown.unique.empty());
    CHECK(unknown.not_asked.size() == 1);
}

TEST_CASE("what a pending statement renames is asked for by the name that the target has") {
    const auto questions = asked(
        "ALTER TABLE q.t RENAME b TO bb;\nALTER TABLE q.t RENAME TO u;\n"
        "ALTER TABLE q.u SET SCHEMA r;\nALTER SCHEMA r RENAME TO s;\n"
        "ALTER TABLE s.u ALTER bb SET NOT NULL;\n"
        "ALTER TABLE s.u ADD c int;\nALTER TABLE s.u RENAME c TO d;\n"
        "ALTER TABLE s.u ALTER d SET NOT NULL;\n"
        "CREATE TABLE n (a int);\nALTER TABLE n RENAME TO m;\nALTER TABLE m ADD UNIQUE (a);\n");
    REQUIRE(questions.not_null.size() == 2);
    CHECK(questions.not_null[0].schema == "q");
    CHECK(questions.not_null[0].table == "t");
    CHECK(questions.not_null[0].columns == std::vector<std::string>{"b"});
    CHECK_FALSE(questions.not_null[0].is_made_before);
    CHECK(questions.not_null[1].is_made_before);
    REQUIRE(questions.unique.size() == 1);
    CHECK(questions.unique[0].is_made_before);
}

TEST_CASE("what the catalog tells: constraints that pending scripts validate are none to tell of") {
    FakeData data;
    data.figures.not_valid = {{"k", "public.t"}, {"l", "public.t"}};
    data.figures.unusable_indexes = {"public.i is invalid"};
    data.figures.sequences = {{"public.s", "90", "100", 0.9}, {"public.r", "1", "100", 0.01}};
    ForeignKey key;
    key.name = "f";
    key.table = "public.t";
    data.figures.foreign_keys = {key};
    Questions questions;
    questions.validated = {"k"};
    CHECK(failed(data, questions) ==
          std::vector<std::string>{"constraints are validated: l of public.t",
                                   "indexes are usable: public.i is invalid",
                                   "sequences are far from their end: public.s is at 90 of 100 (90 "
                                   "%)"});
}

}  // namespace integrity_test
