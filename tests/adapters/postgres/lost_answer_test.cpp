#include "adapters/postgres/lost_answer.hpp"

#include <catch2/catch.hpp>

namespace lost_answer_test {

using adapters::postgres::Awaited;
using adapters::postgres::LostAnswer;
using adapters::postgres::Sighting;

namespace {

const Sighting waits{true, true, true, "began, COMMIT, idle since"};
const Sighting works{true, true, false, "began, COMMIT, active since"};
const Sighting gone{false, true, false, ""};

Awaited commit(std::uint64_t waited_s) { return {waited_s * 1'000'000, true, true}; }
Awaited statement(std::uint64_t waited_s) { return {waited_s * 1'000'000, false, true}; }

}  // namespace

TEST_CASE("an answer is lost where its server process waits for us, at two looks alike") {
    LostAnswer answer;
    answer.see(waits, commit(1));
    answer.see(waits, commit(3));
    CHECK_FALSE(answer.why());
    answer.see(waits, commit(5));
    REQUIRE(answer.why());
    CHECK(answer.why()->find("waits for us") != std::string::npos);
}

TEST_CASE("an answer is lost where its server process is gone") {
    LostAnswer answer;
    answer.see(gone, commit(1));
    CHECK_FALSE(answer.why());
    answer.see(gone, statement(5));
    CHECK(answer.why());
}

TEST_CASE("what the server process still does is waited for") {
    LostAnswer answer;
    for (std::uint64_t second = 1; second < 100; ++second) answer.see(works, commit(second));
    CHECK_FALSE(answer.why());
}

TEST_CASE("a server process that has done something between two looks is looked at anew") {
    LostAnswer answer;
    Sighting other = waits;
    other.since = "began, COMMIT, idle since later";
    answer.see(waits, commit(1));
    answer.see(other, commit(5));
    CHECK_FALSE(answer.why());
    answer.see(works, commit(6));
    answer.see(other, commit(9));
    CHECK_FALSE(answer.why());
}

TEST_CASE("nothing is lost that has not been sent, nor where another server is asked") {
    LostAnswer answer;
    Awaited unsent = commit(1);
    unsent.is_sent = false;
    answer.see(waits, unsent);
    unsent.waited_us = 60'000'000;
    answer.see(waits, unsent);
    Sighting elsewhere = gone;
    elsewhere.is_of_our_server = false;
    answer.see(elsewhere, commit(61));
    answer.see(elsewhere, commit(90));
    CHECK_FALSE(answer.why());
}

TEST_CASE("a statement, which may be long, is given more time to arrive") {
    LostAnswer answer;
    answer.see(waits, statement(1));
    answer.see(waits, statement(20));
    CHECK_FALSE(answer.why());
    answer.see(waits, statement(32));
    CHECK(answer.why());
}

}  // namespace lost_answer_test
