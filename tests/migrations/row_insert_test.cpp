#include "migrations/sql/row_insert.hpp"

#include "migrations/rules/diagnose.hpp"
#include "migrations/sql/describe.hpp"
#include "migrations/sql/parse.hpp"
#include "migrations/sql/script.hpp"
#include "tests/support/soak.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <initializer_list>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace migrations::rules;
using migrations::Diagnostic;
using migrations::Severity;
namespace sql = migrations::sql;

using Random = std::mt19937;

template <class Items>
const auto& one_of(Random& random, const Items& items) {
    return *(std::begin(items) + static_cast<long>(random() % std::size(items)));
}

std::size_t depth_of(const std::string& text) {
    std::size_t depth = 0;
    for (const auto& found : sql::split(text).statements)
        depth = std::max(depth, found.depth_bound);
    return depth;
}

bool repeats(const std::string& first, const std::string& second) {
    sql::RowInsert insert;
    insert.remember(first);
    return insert.is_repeated_by(second, depth_of(second));
}

// What differs when constants do.
std::optional<sql::Rows> without_constants(const std::string& text) {
    std::optional<sql::Rows> rows;
    const auto error = sql::with_tree(text, depth_of(text), [&](const auto& node) {
        auto action = sql::describe(node, text);
        if (auto* found = std::get_if<sql::Rows>(&action)) rows = std::move(*found);
    });
    return error ? std::nullopt : rows;
}

void check_same(const sql::Rows& left, const sql::Rows& right) {
    CHECK(left.verb == right.verb);
    CHECK(left.table == right.table);
    CHECK(left.reads == right.reads);
    CHECK(left.columns == right.columns);
    CHECK(left.repeated == right.repeated);
    CHECK(left.from_query == right.from_query);
    CHECK(left.on_conflict == right.on_conflict);
    CHECK(left.has_limit == right.has_limit);
    CHECK(left.has_where == right.has_where);
    CHECK(left.with.size() == right.with.size());
    CHECK(left.all.functions == right.all.functions);
    CHECK(left.all.columns == right.all.columns);
    CHECK(left.all.casts.size() == right.all.casts.size());
    CHECK(left.all.has_subquery == right.all.has_subquery);
}

const std::string head = "INSERT INTO app.orders (id, \"Note\") VALUES ";

}  // namespace

TEST_CASE("an INSERT that differs in its constants alone repeats another") {
    for (const std::string rows :
         {"(2, 'b')", "(-2,'it''s')", "( 1.5 , NULL ) , ( 3 , default )", "(true,FALSE)",
          "(1,'(''a'', now())')", "(1)", "(7,'line\nbreak')", "\n\t(1, '\\')"})
        CHECK(repeats(head + "(1, 'a')", head + rows));
    for (const std::string other : {"INSERT INTO a VALUES", "insert into a.b.c(x)values",
                                    "INSERT /* x */ INTO a OVERRIDING SYSTEM VALUE VALUES"})
        CHECK(repeats(other + "(1)", other + "(2), (3)"));
}

TEST_CASE("what is not certain to differ in constants alone repeats nothing") {
    for (const std::string rows : {"(2, now())",
                                   "(1, 'a'::text)",
                                   "(1, E'a')",
                                   "(1, 'a'",
                                   "(1,, 'a')",
                                   "()",
                                   "(1,)",
                                   "(1, 'a') ON CONFLICT DO NOTHING",
                                   "(1, 'a') RETURNING id",
                                   "(1, --x\n 'a')",
                                   "(1e5, 'a')",
                                   "(1, 'a' 'b')",
                                   "(1, 'a'\n'b')",
                                   "(1x, 'a')",
                                   "(+1, 'a')",
                                   "(--1, 'a')",
                                   "(1, $$a$$)",
                                   "((1), 'a')",
                                   "(1, x)",
                                   "(1, 'a');",
                                   "(1, 'a')(2, 'b')",
                                   "(1, 'a'),",
                                   "(1, 'a",
                                   "",
                                   "(1,\v'a')",
                                   "(1, N'a')",
                                   "(1, current_user)"})
        CHECK_FALSE(repeats(head + "(1, 'a')", head + rows));
    CHECK_FALSE(repeats(head + "(1, 'a')", head + std::string{"(1, '\0')", 8}));
    CHECK_FALSE(
        repeats(head + "(1, 'a')", "INSERT INTO app.orders (id, \"note\") VALUES (1, 'a')"));
    CHECK_FALSE(repeats(head + "(1, now())", head + "(1, 'a')"));
    CHECK_FALSE(repeats("INSERT INTO a SELECT 1", "INSERT INTO a SELECT 1"));
    CHECK_FALSE(repeats(head + "(1, 'a')", head + "(1, '" + std::string(20'000, '*') + "')"));
}

TEST_CASE("the parser takes whatever repeats what it has taken, for the same statement") {
    const std::vector<std::string> pieces{
        "(",     ")",  "(",     ")",  ",",     ",",        ",",        "1",    "2.5",     "-",
        ".",     "e",  "'",     "''", "'a'",   "'b'",      "NULL",     "true", "DEFAULT", " ",
        "\n",    "\v", "\f",    "--", "/*x*/", "E'\\'",    "::int",    "$1",   "$$",      "+",
        "\"q\"", "\\", "now()", "0x", "_1",    "\xC3\xA9", "U&'\\00'", ";"};
    Random random{7};
    std::size_t taken = 0;
    for (std::size_t round = 0; round < tests::soak(20'000, 2'000'000); ++round) {
        std::string rows = random() % 2 == 0 ? "(1" : "(";
        for (std::size_t count = random() % 8; count > 0; --count) rows += one_of(random, pieces);
        rows += random() % 2 == 0 ? ")" : "";
        if (!repeats(head + "(1, 'a')", head + rows)) continue;
        ++taken;
        const auto repeated = without_constants(head + rows);
        INFO(rows);
        REQUIRE(repeated);
        check_same(*without_constants(head + "(1, 'a')"), *repeated);
    }
    CHECK(taken > 100);
}

namespace {

std::string constant(Random& random) {
    return one_of(random,
                  std::initializer_list<std::string>{
                      "1", "-2", "2.5", "NULL", "true", "DEFAULT", "'a'", "'fine'", "'it''s'",
                      "'setval(1); DROP TABLE t'", "'-- varve: allow truncate reason=\"x\"'"});
}

std::string rows_of(Random& random) {
    std::string text;
    for (std::size_t count = 1 + random() % 2; count > 0; --count)
        text += "(" + constant(random) + ", " + constant(random) + (count > 1 ? "), " : ")");
    return text;
}

std::string run_of_inserts(Random& random) {
    const std::string table = one_of(
        random, std::initializer_list<std::string>{
                    "t", "u", "app.t", "public.t", "moods", "pg_temp.x", "made",
                    "a_name_that_is_longer_than_the_sixty_three_bytes_that_postgresql_keeps"});
    const std::string columns = one_of(
        random, std::initializer_list<std::string>{"", " (id, a)", " (a, a)", " (mood, id)"});
    std::string text;
    for (std::size_t count = 1 + random() % 12; count > 0; --count) {
        text += "INSERT INTO " + table + columns + " VALUES " + rows_of(random);
        if (random() % 40 == 0) text += " ,";            // a syntax error
        if (random() % 40 == 0) text += " RETURNING 1";  // another statement
        text += one_of(random, std::initializer_list<std::string>{
                                   ";\n", ";\n", ";", "; -- x\n", ";\n/* y */ ",
                                   ";\n-- varve: allow dml-in-migration reason=\"seeds\"\n"});
    }
    return text;
}

std::string script(Random& random) {
    const std::initializer_list<std::string> others{
        "BEGIN;\n",
        "COMMIT;\n",
        "ROLLBACK;\n",
        "SAVEPOINT s;\n",
        "ROLLBACK TO s;\n",
        "SET lock_timeout = '2s';\n",
        "SET LOCAL statement_timeout = 0;\n",
        "RESET ALL;\n",
        "CREATE TABLE made (id serial PRIMARY KEY, a text);\n",
        "CREATE TABLE t (id bigint GENERATED BY DEFAULT AS IDENTITY, a text);\n",
        "CREATE TABLE moods (mood mood, id serial);\n",
        "CREATE TYPE mood AS ENUM ('good');\n",
        "ALTER TYPE mood ADD VALUE 'fine';\n",
        "ALTER TABLE t ADD COLUMN b int;\n",
        "ALTER TABLE u ADD COLUMN b int NOT NULL;\n",
        "CREATE INDEX i ON t (a);\n",
        "CREATE INDEX CONCURRENTLY j ON u (a);\n",
        "DROP TABLE IF EXISTS made;\n",
        "TRUNCATE t;\n",
        "UPDATE t SET a = 'x';\n",
        "INSERT INTO u SELECT * FROM t;\n",
        "SELECT setval('t_id_seq', 9);\n",
        "ANALYZE t;\n",
        "LOCK TABLE t;\n",
        "SELEC 1;\n",
        "DO $$ BEGIN INSERT INTO t VALUES (1, 'a'); INSERT INTO t VALUES (2, 'b'); END $$;\n",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM t';\n",
        "SELECT f();\n"};
    std::string text;
    for (std::size_t count = random() % 9; count > 0; --count)
        text += random() % 2 == 0 ? run_of_inserts(random) : one_of(random, others);
    return text;
}

// Every statement parsed by itself.
ParsedScript parsed_singly(const std::string& text) {
    ParsedScript parsed{sql::split(text).statements, {}};
    for (const sql::StatementRange& range : parsed.ranges)
        parsed.parsed.push_back(std::move(parse_some(text, {&range, 1}).front()));
    return parsed;
}

Circumstances any_circumstances(Random& random) {
    Circumstances circumstances;
    circumstances.runner_opens_transaction = random() % 2 == 0;
    circumstances.runner_adapts = random() % 2 == 0;
    circumstances.history_is_known = random() % 2 == 0;
    if (random() % 4 == 0) circumstances.server_version = 100'000;
    return circumstances;
}

Policy every_rule() {
    Policy policy;
    for (const Rule& rule : all_rules())
        if (rule.off_by_default) policy.severities[std::string{rule.id}] = Severity::note;
    return policy;
}

void check_statements(const std::string& text) {
    const auto read = sql::read_statements({text, "a.sql"});
    const auto ranges = sql::split(text).statements;
    REQUIRE(read.statements.size() == ranges.size());
    std::size_t faults = 0;
    for (std::size_t index = 0; index < ranges.size(); ++index) {
        const auto& range = ranges[index].range;
        migrations::Statement alone;
        const bool fails = sql::parse(text.substr(range.begin, range.end - range.begin),
                                      ranges[index].depth_bound, alone)
                               .has_value();
        if (fails) ++faults;
        if (!fails) CHECK(read.statements[index].kind == alone.kind);
        CHECK(read.statements[index].begin == range.begin);
        CHECK(read.statements[index].end == range.end);
    }
    CHECK(read.diagnostics.size() == std::min<std::size_t>(faults, 20));
}

}  // namespace

TEST_CASE("INSERTs that repeat one are judged and read as if each were parsed by itself") {
    const Policy policy = every_rule();
    for (unsigned seed = 0; seed < tests::soak(1'500, 100'000); ++seed) {
        Random random{seed};
        Schema quick;
        Schema slow;
        Schema given;
        for (int scripts = 0; scripts < 2; ++scripts) {
            const std::string text = script(random);
            INFO(seed << ":\n" << text);
            const auto circumstances = any_circumstances(random);
            const JudgedFile file{text, "a.sql"};
            const auto expected = diagnose(file, parsed_singly(text), circumstances, policy, slow);
            REQUIRE(diagnose(file, circumstances, policy, quick) == expected);
            REQUIRE(diagnose(file, parse_script(text), circumstances, policy, given) == expected);
            check_statements(text);
        }
    }
}

TEST_CASE("notes are left out but for what is accepted, and nothing else is") {
    const Policy policy = every_rule();
    for (unsigned seed = 0; seed < tests::soak(500, 50'000); ++seed) {
        Random random{seed};
        const std::string text = script(random);
        INFO(seed << ":\n" << text);
        const auto circumstances = any_circumstances(random);
        JudgedFile file{text, "a.sql"};
        if (random() % 4 == 0) file.allowed = {{"sequence-not-reset", "it is set by hand"}};
        const auto is_unheard = [](const Diagnostic& finding) {
            return finding.severity == Severity::note && !finding.accepted_because;
        };
        Schema one;
        auto all = diagnose(file, circumstances, policy, one);
        std::erase_if(all, is_unheard);
        Schema other;
        file.leaves_out_notes = true;
        auto few = diagnose(file, circumstances, policy, other);
        std::erase_if(few, is_unheard);
        REQUIRE(few == all);
    }
}

TEST_CASE("thousands of INSERTs with a note each leave none where notes are left out") {
    std::string text;
    for (int id = 0; id < 5'000; ++id)
        text += "INSERT INTO t (id, a) VALUES (" + std::to_string(id) + ", 'a');\n";
    JudgedFile file{text, "a.sql"};
    Schema schema;
    CHECK(diagnose(file, {}, {}, schema).size() == 5'000);
    file.leaves_out_notes = true;
    CHECK(diagnose(file, {}, {}, schema).empty());
}
