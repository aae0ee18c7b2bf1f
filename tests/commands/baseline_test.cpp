#include "commands/baseline.hpp"

#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

namespace baseline_test {

using namespace tests;

TEST_CASE("a baseline comes after runs that have left nothing, and not after half of one") {
    Scene scene{{migration("1", "a"), migration("2", "b")}};
    const auto baseline = [&](Scene& there) {
        return commands::baseline(there.services, {there.target, there.folder, {"1"}});
    };
    Scene failing{{migration("1", "fail")}};
    CHECK(must(failing.run()).end == commands::RunEnd::failed);
    CHECK(failing.state().migrations.at({"1"}).state == projections::State::failed);
    must(baseline(failing));
    CHECK(must(failing.run()).end == commands::RunEnd::nothing_to_do);
    CHECK(failing.state().applied_order.size() == 1);

    Scene half{{stepwise(migration("1", "a\nfail\nc"))}};
    CHECK(must(half.run()).end == commands::RunEnd::failed);
    CHECK(baseline(half).error().reason == "baseline-too-late");
    must(scene.run());
    CHECK(baseline(scene).error().reason == "baseline-too-late");
}

}  // namespace baseline_test
