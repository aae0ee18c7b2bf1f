// tests/commands/reconcile_scene.hpp: a ledger, a target and a folder, and what they say of each
// other.
#pragma once

#include "commands/reconcile.hpp"
#include "ledger/digest.hpp"
#include "ledger/identity.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace reconcile_test {

using commands::Difference;
using commands::DifferenceKind;
using commands::Marker;
using ledger::Direction;
using ledger::MigrationKind;
using migrations::Folder;
using migrations::Migration;
using projections::TargetState;

using Seen = std::vector<std::pair<DifferenceKind, std::string>>;

inline constexpr std::uint32_t here = 16384;
inline constexpr const char* cluster = "7300000000000000001";
inline const ledger::Uuid our_ledger =
    *ledger::uuid_from_text("01890a5d-ac96-774b-bcce-b302099a8057");
inline const ledger::Uuid another_ledger =
    *ledger::uuid_from_text("01890a5d-ac96-774b-bcce-b302099a8058");

inline Migration migration(const std::string& version, const std::string& text = "SELECT 1",
                           MigrationKind kind = MigrationKind::versioned) {
    Migration made;
    made.version = {version};
    made.kind = kind;
    made.up.path = version + ".sql";
    made.up.bytes = text;
    made.up.text = text;
    made.up.digest = ledger::sha256(text);
    return made;
}

inline Folder folder(std::vector<Migration> migrations) {
    Folder made;
    made.layout = "varve";
    made.migrations = std::move(migrations);
    return made;
}

// A ledger, a target and what both say of each other.
struct Scene {
    TargetState state;
    std::vector<Marker> markers;
    commands::ServerFacts facts;
    commands::TargetRequest target{{"production"}};

    Scene() {
        facts.database = "shop";
        facts.database_oid = here;
        facts.system_identifier = cluster;
        auto& identity = state.database.emplace();
        identity.database = "shop";
        identity.database_oid = here;
        identity.system_identifier = cluster;
        identity.marker_schema = "varve";
    }

    projections::MigrationState& applied_in_ledger(const std::string& version,
                                                   const std::string& text = "SELECT 1") {
        auto& known = state.migrations[{version}];
        known.state = projections::State::applied;
        known.applied.emplace().digest = ledger::sha256(text);
        state.applied_order.push_back({version});
        return known;
    }

    Marker& marked(const std::string& version, const std::string& text = "SELECT 1") {
        Marker marker;
        marker.version = {version};
        marker.digest = ledger::sha256(text);
        marker.target = "production";
        marker.system_identifier = cluster;
        marker.database_oid = here;
        marker.ledger = our_ledger;
        marker.statements_done = 1;
        marker.statements_total = 1;
        return markers.emplace_back(std::move(marker));
    }

    void applied(const std::string& version, const std::string& text = "SELECT 1") {
        applied_in_ledger(version, text);
        marked(version, text);
    }

    projections::Resumption& half_done(const std::string& version, std::uint32_t done,
                                       Direction direction = Direction::up) {
        auto& resumption = state.migrations[{version}].resumption.emplace();
        resumption.direction = direction;
        resumption.statements_done = done;
        resumption.statement_count = 3;
        return resumption;
    }

    [[nodiscard]] std::vector<Difference> of_target() const {
        return commands::target_differences({state, markers, facts, target, our_ledger});
    }
};

inline Seen seen(const std::vector<Difference>& differences) {
    Seen all;
    for (const Difference& difference : differences)
        all.emplace_back(difference.kind, difference.version.text);
    return all;
}

inline Seen only(DifferenceKind kind, const std::string& version) { return {{kind, version}}; }

}  // namespace reconcile_test
