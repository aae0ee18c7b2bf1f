#include "commands/rollback_choice.hpp"

#include "commands/resolve.hpp"
#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

namespace rollback_choice_test {

using namespace ledger;
using namespace tests;

using Names = std::vector<std::string>;

TEST_CASE("what a person marked as applied is undone after what comes later, or by its name") {
    Scene scene{{migration("1", "a", "undo a"), migration("3", "c", "undo c")}};
    must(scene.run());
    const auto mark = [&](const std::string& version) {
        const auto at = scene.folder->migrations.begin() + (version == "2" ? 1 : 2);
        scene.folder->migrations.insert(at, migration(version, version, "undo " + version));
        must(commands::resolve(scene.services,
                               {scene.target,
                                scene.folder,
                                {{{version}}, std::nullopt, commands::Resolution::mark_applied}}));
        scene.server.executed.clear();
    };
    SECTION("the newest by the folder") {
        mark("4");
        must(scene.rollback());
        CHECK(scene.server.executed == Names{"undo 4"});
    }
    SECTION("not the newest by the folder") {
        mark("2");
        const auto error = error_of(scene.rollback());
        CHECK(error.reason == "rollback-order-unknown");
        CHECK(error.help.find("--only 3 (or --only 2)") != std::string::npos);
        CHECK(scene.server.executed.empty());
        commands::RollbackOptions options;
        options.to = Version{"1"};
        must(scene.rollback(options));
        CHECK(scene.server.executed == Names{"undo c", "undo 2"});
    }
    SECTION("as many as make no difference") {
        mark("2");
        commands::RollbackOptions options;
        options.steps = 2;
        must(scene.rollback(options));
        CHECK(scene.server.executed == Names{"undo c", "undo 2"});
    }
}

}  // namespace rollback_choice_test
