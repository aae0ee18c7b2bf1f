#include "commands/database_identity.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>

namespace database_identity_test {
namespace {

using commands::ServerFacts;
using projections::TargetState;

constexpr const char* cluster = "7300000000000000001";

ServerFacts answering(std::uint32_t oid, const std::string& system_identifier = cluster) {
    ServerFacts facts;
    facts.database = "shop";
    facts.database_oid = oid;
    facts.system_identifier = system_identifier;
    return facts;
}

TargetState known_as(std::uint32_t oid, const std::string& system_identifier = cluster) {
    TargetState state;
    auto& identity = state.database.emplace();
    identity.database = "shop_before";
    identity.database_oid = oid;
    identity.system_identifier = system_identifier;
    identity.marker_schema = "varve";
    return state;
}

TargetState with_open_run(TargetState state) {
    state.open_run.emplace();
    return state;
}

std::optional<ledger::Error> refusal(const TargetState& state, const ServerFacts& facts,
                                     const std::string& marker_schema = "varve") {
    commands::TargetRequest request;
    request.target = {"production"};
    request.marker_schema = marker_schema;
    auto checked = commands::check_same_database(state, facts, request);
    return checked ? std::nullopt : std::optional{std::move(checked.error())};
}

}  // namespace

TEST_CASE("a database is told by its oid and its cluster, not by its name") {
    CHECK_FALSE(stands_for_another(known_as(5), answering(5)));
    CHECK(stands_for_another(known_as(5), answering(6)));
    CHECK(stands_for_another(known_as(5), answering(5, "7300000000000000002")));
    CHECK_FALSE(stands_for_another(TargetState{}, answering(5)));
}

TEST_CASE("a cluster that does not tell its identifier is told by the oid alone") {
    CHECK_FALSE(stands_for_another(known_as(5, ""), answering(5)));
    CHECK_FALSE(stands_for_another(known_as(5), answering(5, "")));
    CHECK(stands_for_another(known_as(5, ""), answering(6)));
}

TEST_CASE("another database settles nothing that was left open") {
    TargetState state = known_as(5);
    CHECK_FALSE(refusal(state, answering(6)));

    SECTION("an attempt") {
        state.open_attempt.emplace().version = {"0007"};
        const auto error = refusal(state, answering(6));
        REQUIRE(error);
        CHECK(error->code == ledger::Code::in_doubt);
        CHECK(error->reason == "database-differs");
        CHECK(error->detail.find("\"0007\" is in doubt") != std::string::npos);
        CHECK(error->detail.find("shop_before") != std::string::npos);
    }
    SECTION("a run") {
        const auto error = refusal(with_open_run(state), answering(6));
        REQUIRE(error);
        CHECK(error->detail.find("a run has not finished") != std::string::npos);
    }
    SECTION("a rollback") {
        state = with_open_run(state);
        state.open_run->direction = ledger::Direction::down;
        CHECK(refusal(state, answering(6))->detail.find("a rollback") != std::string::npos);
    }
    SECTION("a marker that is owed") {
        state.migrations[{"0007"}].owed.emplace();
        CHECK(refusal(state, answering(6))->detail.find("markers") != std::string::npos);
    }
}

TEST_CASE("the database that something was left open in goes on with it") {
    CHECK_FALSE(refusal(with_open_run(known_as(5)), answering(5)));
}

TEST_CASE("markers that were written to one schema are not looked for in another") {
    const auto error = refusal(with_open_run(known_as(5)), answering(5), "elsewhere");
    REQUIRE(error);
    CHECK(error->reason == "database-differs");
    CHECK(error->detail.find("\"elsewhere\"") != std::string::npos);
    CHECK_FALSE(refusal(known_as(5), answering(5), "elsewhere"));
}

TEST_CASE("a database that is not the target's is given no checkpoint") {
    const auto may = [](const TargetState& state, std::optional<bool> has_markers,
                        std::uint32_t oid = 5) {
        return commands::may_take_checkpoints(state, {answering(oid), has_markers});
    };
    TargetState used = known_as(5);
    used.applied_order = {{"1"}};
    SECTION("another one, whatever is there") {
        for (const std::optional<bool> has_markers : {std::optional<bool>{}, {true}, {false}})
            CHECK_FALSE(may(used, has_markers, 6));
    }
    SECTION("the one that the ledger knows, but where its markers are gone") {
        CHECK(may(used, true));
        CHECK(may(used, std::nullopt));
        CHECK_FALSE(may(used, false));
        CHECK(may(known_as(5), false));
    }
    SECTION("one that is new to the ledger, but where somebody else's markers are") {
        CHECK(may(TargetState{}, false));
        CHECK(may(TargetState{}, std::nullopt));
        CHECK_FALSE(may(TargetState{}, true));
    }
    SECTION("one that only reads") {
        auto facts = answering(5);
        facts.read_only = true;
        CHECK_FALSE(commands::may_take_checkpoints(used, {facts, true}));
    }
    SECTION("a witness that nobody has looked at") {
        CHECK(commands::check_witness(TargetState{}, answering(6)));
        CHECK(commands::check_witness(known_as(5), answering(5)));
        const auto refused = commands::check_witness(known_as(5), answering(6));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().reason == "witness-unreachable");
        CHECK(refused.error().detail.find("the target was database") != std::string::npos);
    }
}

}  // namespace database_identity_test
