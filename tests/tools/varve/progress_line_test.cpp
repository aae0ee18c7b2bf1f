#include "tools/varve/progress_line.hpp"

#include "tools/varve/display_width.hpp"

#include <catch2/catch.hpp>

using namespace tools::varve;

namespace {

ProgressView view() { return {3, 12, "20261122093000  orders", 4, 9, 0.5, 12'400'000, 40'000'000}; }

commands::Plan plan_of(std::vector<std::vector<std::uint64_t>> steps) {
    commands::Plan plan;
    for (const auto& bytes : steps) {
        auto script = std::make_shared<migrations::Script>();
        for (const std::uint64_t size : bytes) {
            migrations::Statement statement;
            statement.end = size;
            script->statements.push_back(statement);
        }
        commands::Step step;
        step.script = script;
        plan.steps.push_back(step);
    }
    return plan;
}

}  // namespace

TEST_CASE("the line says how far the work is") {
    CHECK(progress_line(view(), 120) ==
          "[==========>         ]  3/12  20261122093000  orders  statement 4/9  12 s  "
          "about 40 s left");
    auto early = view();
    early.left_us.reset();
    early.statement_count = 0;
    CHECK(progress_line(early, 79) == "[=====>    ]  3/12  20261122093000  orders  12 s");
}

TEST_CASE("the line is never wider than the terminal") {
    auto wide = view();
    wide.label =
        "\u5217\u8868\u79fb\u884c\u5217\u8868\u79fb\u884c e\u0301\u00fc\u00df 20261122093000";
    for (std::size_t width = 0; width < 140; ++width) {
        CHECK(display_width(progress_line(wide, width)) <= width);
        CHECK(display_width(progress_line(view(), width)) <= width);
    }
}

TEST_CASE("text is cut between characters, never within one") {
    CHECK(display_width("\u5217e\u0301x") == 4);
    CHECK(clipped("abcdefghij", 10) == "abcdefghij");
    CHECK(clipped("abcdefghijk", 10) == "abcdefg...");
    CHECK(clipped("\u5217\u8868\u79fb\u884c\u5217", 8) == "\u5217\u8868...");
    CHECK(clipped("abc", 0).empty());
    CHECK(clipped("\xff\xfe\x80", 2).size() <= 3);
}

TEST_CASE("what is left is known once something is done and a second has passed") {
    Workload work{plan_of({{100, 100}, {100, 100}})};
    CHECK_FALSE(work.left_us(5'000'000));
    work.start_step(0, 0);
    work.finish_statement(0);
    CHECK_FALSE(work.left_us(900'000));
    const auto early = work.left_us(2'000'000);
    REQUIRE(early);
    work.finish_statement(1);
    work.finish_step();
    CHECK(work.left_us(2'000'000) == 2'000'000);
    CHECK(work.done_share() == Approx(0.5));
    work.start_step(1, 0);
    work.finish_step();
    CHECK(work.left_us(2'000'000) == 0);
    CHECK(*early > 2'000'000);
}

TEST_CASE("a new try begins its step again, and a resumed one where it stopped") {
    Workload work{plan_of({{1000, 1000, 1000}})};
    work.start_step(0, 0);
    work.finish_statement(0);
    const double once = work.done_share();
    work.start_step(0, 0);
    CHECK(work.done_share() == 0);
    work.finish_statement(0);
    CHECK(work.done_share() == Approx(once));
}

TEST_CASE("a plan without anything has no share of it done") {
    CHECK(Workload{}.done_share() == 0);
    CHECK_FALSE(Workload{plan_of({})}.left_us(9'000'000));
}
