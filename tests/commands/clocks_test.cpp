#include "commands/clocks.hpp"

#include "tests/commands/scene.hpp"

#include <catch2/catch.hpp>

#include <utility>
#include <vector>

namespace clocks_test {

using namespace tests;

namespace {

constexpr std::int64_t day_us = 86'400LL * 1'000'000;

class Told final : public commands::Progress {
public:
    void events_ahead(const commands::EventsAhead& told) override { ahead.push_back(told); }
    void server_clock_differs(std::int64_t server_us, std::int64_t ours_us) override {
        servers.emplace_back(server_us, ours_us);
    }

    std::vector<commands::EventsAhead> ahead;
    std::vector<std::pair<std::int64_t, std::int64_t>> servers;
};

// A run under a scene's ledger and server, watched.
Told watched(Scene& scene) {
    Told told;
    commands::Services services{scene.store,           scene.rows, scene.clock,
                                scene.waits,           told,       scene.services.connect,
                                scene.services.context};
    must(commands::run(services, {scene.target, scene.folder, {}}));
    return told;
}

}  // namespace

TEST_CASE("a run tells of events that are of a later time than its clock, and from where on") {
    Scene scene{{migration("1", "a")}};
    CHECK(watched(scene).ahead.empty());
    const std::uint64_t leapt = scene.size();
    const std::int64_t now_us = scene.clock.now_us();
    scene.clock.set(now_us + 400 * day_us);
    scene.folder->migrations.push_back(migration("2", "b"));
    CHECK(watched(scene).ahead.empty());

    scene.clock.set(now_us + day_us);
    scene.folder->migrations.push_back(migration("3", "c"));
    const auto told = watched(scene);
    REQUIRE(told.ahead.size() == 1);
    CHECK(told.ahead[0].position == leapt);
    CHECK(told.ahead[0].recorded_at_us == now_us + 400 * day_us);
    CHECK(told.ahead[0].now_us == now_us + day_us);
    CHECK(watched(scene).ahead.size() == 1);  // it has nothing to do
    CHECK(must(commands::events_ahead(scene.store, scene.clock.now_us()))->newest_at_us ==
          must(scene.store.head()).recorded_at_us);

    scene.clock.set(now_us + 401 * day_us);
    CHECK(watched(scene).ahead.empty());
}

TEST_CASE("a clock that is off by moments is no reason for a warning") {
    Scene scene{{migration("1", "a")}};
    watched(scene);
    constexpr std::int64_t off_by_us = commands::clock_tolerance_us - 1'000'000;
    scene.clock.advance(-off_by_us);
    scene.server.facts.clock_us = scene.clock.now_us() - off_by_us;
    const auto told = watched(scene);
    CHECK(told.ahead.empty());
    CHECK(told.servers.empty());
}

TEST_CASE("a run tells where the target's server has another time, in either direction") {
    for (const std::int64_t by_us : {-day_us, day_us}) {
        Scene scene{{migration("1", "a")}};
        scene.server.facts.clock_us = scene.clock.now_us() + by_us;
        const auto told = watched(scene);
        REQUIRE(told.servers.size() == 1);
        CHECK(told.servers[0].first - told.servers[0].second == by_us);
    }
}

}  // namespace clocks_test
