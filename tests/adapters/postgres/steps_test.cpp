#include "adapters/postgres/steps.hpp"

#include "migrations/sql/script.hpp"

#include <catch2/catch.hpp>

#include <rapidcheck.h>

using adapters::postgres::one_step;
using adapters::postgres::Step;
using adapters::postgres::steps_of;
using adapters::postgres::transaction_settings_count;

namespace {

migrations::Script script(const std::string& text) {
    migrations::Script made;
    made.path = "a.sql";
    made.text = text;
    made.statements = migrations::sql::read_statements({made.text, made.path}).statements;
    return made;
}

using Indexes = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("one step holds the whole script, without its own BEGIN and COMMIT") {
    const auto step = one_step(script("BEGIN; SELECT 1; SAVEPOINT s; SELECT 2; COMMIT"));
    REQUIRE(step);
    CHECK(step->begin_index == 0U);
    CHECK(step->closing_index == 4U);
    CHECK(step->body == Indexes{1, 2, 3});
    CHECK(step->end_index == 5);
}

TEST_CASE("a BEGIN after settings is still the file's own, an empty script is an empty step") {
    const auto step = one_step(script("SET work_mem = '1MB'; BEGIN; SELECT 1; END"));
    REQUIRE(step);
    CHECK(step->begin_index == 1U);
    CHECK(step->body == Indexes{0, 2});
    CHECK(one_step(script("-- nothing"))->body.empty());
}

TEST_CASE("one step refuses what would end its transaction, naming the line") {
    for (const std::string sql :
         {"SELECT 1;\nCOMMIT;\nSELECT 2", "SELECT 1;\nROLLBACK", "SELECT 1;\nCOMMIT AND CHAIN",
          "SELECT 1;\nPREPARE TRANSACTION 'x'", "SELECT 1;\nROLLBACK PREPARED 'x'",
          "SELECT 1;\nCOPY t FROM STDIN", "SELECT 1;\nCOPY t TO STDOUT"}) {
        INFO(sql);
        const auto step = one_step(script(sql));
        REQUIRE_FALSE(step);
        CHECK(step.error().reason == "transaction-control");
        CHECK(step.error().detail.starts_with("a.sql:2: "));
        CHECK_FALSE(step.error().help.empty());
    }
}

TEST_CASE("stepwise, a statement is a step, and so is a transaction of the file") {
    const auto steps = steps_of(
        script("SELECT 1; BEGIN; SELECT 2; SELECT 3; COMMIT; VACUUM; DISCARD ALL; BEGIN; SELECT 4; "
               "ROLLBACK"));
    REQUIRE(steps);
    REQUIRE(steps->size() == 5);
    CHECK((*steps)[0] == Step{.first_index = 0, .end_index = 1, .body = {0}});
    CHECK((*steps)[1] == Step{.first_index = 1,
                              .end_index = 5,
                              .begin_index = 1,
                              .closing_index = 4,
                              .body = {2, 3}});
    CHECK((*steps)[2].is_bare);
    CHECK((*steps)[3].is_bare);
    CHECK((*steps)[4].rolls_back);
}

TEST_CASE("stepwise, a transaction that stays open is refused") {
    CHECK_FALSE(steps_of(script("SELECT 1; BEGIN; SELECT 2")));
    CHECK_FALSE(steps_of(script("BEGIN; SELECT 2; COMMIT AND CHAIN; SELECT 1; COMMIT")));
}

TEST_CASE("steps follow each other without a gap, whatever the script") {
    rc::check([](const std::vector<std::uint8_t>& kinds) {
        const std::vector<std::string> pieces{"SELECT 1", "BEGIN", "COMMIT", "VACUUM", "ROLLBACK"};
        std::string text;
        for (const auto kind : kinds) text += pieces[kind % pieces.size()] + ";";
        const auto steps = steps_of(script(text));
        if (!steps) return;
        std::uint32_t next = 0;
        for (const auto& step : *steps) {
            RC_ASSERT(step.first_index == next);
            RC_ASSERT(step.end_index > next);
            next = step.end_index;
        }
        RC_ASSERT(next == kinds.size());
    });
}

TEST_CASE("only SET TRANSACTION among the first SETs comes before the first query") {
    const auto count = [](const std::string& sql) {
        const auto from = script(sql);
        return transaction_settings_count(from, one_step(from)->body);
    };
    CHECK(count("SELECT 1") == 0);
    CHECK(count("SET work_mem = '1MB'; SELECT 1") == 0);
    CHECK(count("SET work_mem = '1MB'; set transaction read write; SET a.b = 1; SELECT 1") == 2);
    CHECK(count("SET LOCAL transaction_isolation = 'serializable'; SELECT 1") == 1);
    CHECK(count("SELECT 1; SET TRANSACTION READ ONLY") == 0);
}
