#include "adapters/postgres/lost_answer.hpp"

#include <catch2/catch.hpp>

namespace lost_answer_test {

using adapters::postgres::Awaited;
using adapters::postgres::LostAnswer;
using adapters::postgres::Sighting;

namespace {

const Sighting waits{true, true, true, false, "began, COMMIT, idle since"};
const Sighting works{true, true, false, true, "began, COMMIT, active since"};
const Sighting gone{false, true, false, false, ""};
const Sighting amid{true, true, true, true, "began, INSERT, active since"};

constexpr std::uint64_t second_us = 1'000'000;

Awaited commit(std::uint64_t waited_us) { return {waited_us, true, true}; }
Awaited statement(std::uint64_t waited_us) { return {waited_us, false, true}; }

// Asked a tenth of a second before it is answered.
void see(LostAnswer& answer, const Sighting& sighting, const Awaited& awaited) {
    answer.see(sighting, awaited, awaited.waited_us - second_us / 10);
}

}  // namespace

TEST_CASE("no answer is hoped for where its server process waits for us, at looks 8 s apart") {
    LostAnswer answer;
    see(answer, waits, commit(1 * second_us));
    see(answer, waits, commit(3 * second_us));
    see(answer, waits, commit(9 * second_us));
    CHECK_FALSE(answer.why());  // it was asked a little before
    see(answer, waits, commit(11 * second_us));
    REQUIRE(answer.why());
    CHECK(answer.why()->find("waits for us") != std::string::npos);
}

TEST_CASE("no answer is hoped for where its server process is gone") {
    LostAnswer answer;
    see(answer, gone, statement(1 * second_us));
    CHECK_FALSE(answer.why());
    see(answer, gone, statement(10 * second_us));
    CHECK(answer.why());
}

TEST_CASE("a look that was long under way counts as of when it was asked") {
    LostAnswer answer;
    see(answer, waits, commit(1 * second_us));
    answer.see(waits, commit(60 * second_us), 2 * second_us);
    CHECK_FALSE(answer.why());
}

TEST_CASE("what the server process still does is waited for") {
    LostAnswer answer;
    for (std::uint64_t second = 1; second < 100; ++second)
        see(answer, works, commit(second * second_us));
    CHECK_FALSE(answer.why());
}

TEST_CASE("a server process that has done something between two looks is looked at anew") {
    LostAnswer answer;
    Sighting other = waits;
    other.since = "began, COMMIT, idle since later";
    see(answer, waits, commit(1 * second_us));
    see(answer, other, commit(10 * second_us));
    CHECK_FALSE(answer.why());
    see(answer, works, commit(11 * second_us));
    see(answer, other, commit(18 * second_us));
    CHECK_FALSE(answer.why());
}

TEST_CASE("nothing is lost that has not been sent, nor where another server is asked") {
    LostAnswer answer;
    Awaited unsent = commit(1 * second_us);
    unsent.is_sent = false;
    see(answer, waits, unsent);
    unsent.waited_us = 60 * second_us;
    see(answer, waits, unsent);
    Sighting elsewhere = gone;
    elsewhere.is_of_our_server = false;
    see(answer, elsewhere, commit(61 * second_us));
    see(answer, elsewhere, commit(90 * second_us));
    CHECK_FALSE(answer.why());
}

TEST_CASE("a transaction that waits for us is left to the server, which ends it") {
    LostAnswer answer;
    see(answer, waits, statement(1 * second_us));
    see(answer, waits, statement(40 * second_us));
    CHECK_FALSE(answer.why());
}

TEST_CASE("amid a pipeline the server ends nothing, so no answer is hoped for") {
    LostAnswer answer;
    see(answer, amid, statement(1 * second_us));
    CHECK_FALSE(answer.why());
    see(answer, amid, statement(11 * second_us));
    CHECK(answer.why());
}

}  // namespace lost_answer_test
