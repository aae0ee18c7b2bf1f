#include "commands/history_script.hpp"

#include <catch2/catch.hpp>

namespace history_script_test {
namespace {

commands::ReplayedScript replayed() {
    commands::ReplayedScript script;
    script.version = {"0001"};
    script.name = "people";
    script.statements = {"CREATE TABLE people (id int) -- all of them", "SELECT 1"};
    return script;
}

}  // namespace

TEST_CASE("a statement that ends in a comment does not swallow the next one") {
    const auto script = commands::history_script(replayed());
    REQUIRE(script);
    REQUIRE(script->statements.size() == 2);
    CHECK(script->statements[0].kind == "create-table");
    CHECK(script->statements[1].kind == "select");
}

TEST_CASE("what was left out or is missing makes no script") {
    auto script = replayed();
    script.left_out = "its own tool undid it";
    CHECK_FALSE(commands::history_script(script));
    script = replayed();
    script.missing = "its content was redacted";
    CHECK_FALSE(commands::history_script(script));
}

}  // namespace history_script_test
