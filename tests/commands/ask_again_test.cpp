#include "commands/ask_again.hpp"

#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <vector>

namespace ask_again_test {

using namespace ledger;
using namespace tests;
using commands::RunEnd;

TEST_CASE("what answers after a lost COMMIT must be able to tell that nothing stays") {
    const auto scene = [](const std::string& script) {
        return std::make_unique<Scene>(std::vector{migration("1", script)});
    };
    const auto then = [](Scene& given, const auto& change) {
        auto connects = std::make_shared<int>(0);
        given.services.connect =
            [&given, change,
             connects]() -> ledger::Result<std::unique_ptr<commands::TargetDatabase>> {
            if (++*connects == 2) change(given.server.facts);
            return std::make_unique<FakeTarget>(given.server);
        };
    };
    const auto reads_only = [](commands::ServerFacts& facts) { facts.read_only = true; };
    SECTION("a standby that lags lacks what may be there") {
        const auto given = scene("gone");
        then(*given, reads_only);
        const auto report = must(given->run());
        CHECK(report.end == RunEnd::in_doubt);
        CHECK(report.last->why_untold.find("it is a standby") != std::string::npos);
        CHECK(given->state().open_attempt);
    }
    SECTION("what a standby has is there") {
        const auto given = scene("lost");
        then(*given, reads_only);
        CHECK(must(given->run()).end == RunEnd::succeeded);
    }
    SECTION("another database tells nothing") {
        const auto given = scene("lost");
        then(*given, [](commands::ServerFacts& facts) { facts.system_identifier = "7013"; });
        const auto report = must(given->run());
        CHECK(report.end == RunEnd::in_doubt);
        CHECK(report.last->why_untold.find("another database") != std::string::npos);
    }
    SECTION("the same of migrations that share a transaction") {
        const auto given = scene("gone");
        then(*given, reads_only);
        commands::RunOptions options;
        options.together = true;
        const auto report = must(given->run(options));
        CHECK(report.end == RunEnd::in_doubt);
        CHECK(report.last->why_untold.find("it is a standby") != std::string::npos);
        CHECK(given->state().open_run);
    }
}

}  // namespace ask_again_test
