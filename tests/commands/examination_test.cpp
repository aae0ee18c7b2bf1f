#include "commands/examination.hpp"

#include "migrations/kept_script.hpp"

#include <catch2/catch.hpp>

namespace examination_test {
namespace {

projections::OpenAttempt attempt(bool transactional, std::uint32_t done) {
    projections::OpenAttempt made;
    made.attempt = ledger::Uuid{{7}};
    made.version = {"1"};
    made.transactional = transactional;
    made.statement_count = 3;
    made.statements_done = done;
    return made;
}

const std::string sql =
    "CREATE TABLE t (a int);\nCREATE INDEX CONCURRENTLY i ON t (a);\n"
    "CALL fill('secret');\n";

const std::string marker_look =
    "the marker of attempt 07000000-0000-0000-0000-000000000000, once no server process holds its "
    "fence";

}  // namespace

TEST_CASE("an attempt in one transaction is settled by its marker alone") {
    const auto seen = commands::examine(attempt(true, 0), migrations::kept_script("1.sql", sql));
    CHECK(!seen.statement);
    CHECK(seen.looks == std::vector{marker_look});
}

TEST_CASE("of other attempts the first statement not known to be done is named") {
    const auto script = migrations::kept_script("migrations/1.sql", sql);
    const auto first = commands::examine(attempt(false, 0), script);
    CHECK(commands::to_text(first.statement.value()) ==
          "migrations/1.sql:1 (CREATE TABLE t (a int))");
    CHECK(first.looks == std::vector{marker_look});

    const auto second = commands::examine(attempt(false, 1), script);
    CHECK(second.statement->line == 2);
    CHECK(second.looks ==
          std::vector<std::string>{marker_look, "whether the index \"i\" is there and valid"});

    const auto third = commands::examine(attempt(false, 2), script);
    CHECK(commands::to_text(third.statement.value()) == "migrations/1.sql:3 (CALL fill(…)");
    CHECK(third.looks.back() == "its effect, which no catalog tells: a person must look");

    CHECK(!commands::examine(attempt(false, 3), script).statement);
}

TEST_CASE("an attempt whose script is lost says so") {
    const auto seen = commands::examine(attempt(false, 1), std::nullopt);
    CHECK(!seen.statement);
    CHECK(seen.looks.back() ==
          "its script, which neither the folder nor the ledger has: a person must look");
}

}  // namespace examination_test
