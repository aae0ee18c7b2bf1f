// projections/target_state.hpp: what commands decide on: one target's state, and what the ledger
// knows of every migration.
//
// Fold   total: names every event, so a new event will not build until it is thought about here.
// Cost   a few rows an event, whatever their number; reading is O(migrations).
#pragma once

#include "ledger/event.hpp"
#include "ledger/result.hpp"
#include "projections/migration_state.hpp"
#include "projections/projection.hpp"
#include "projections/row_store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace projections {

// Which database a target's name stands for.
struct DatabaseIdentity {
    std::string database;
    std::string system_identifier;
    std::uint32_t database_oid{};
    std::string server_version;
    std::string marker_schema;
    bool operator==(const DatabaseIdentity&) const = default;
};

struct OpenRun {
    ledger::Uuid run;
    ledger::Direction direction{};  // down: a rollback
    std::uint32_t migration_count{};
    std::uint64_t position{};  // of RunStarted or RollbackStarted
    std::int64_t since_us{};
    ledger::Actor actor;
    bool operator==(const OpenRun&) const = default;
};

// Another tool's history, as it was when it was taken over last.
struct ImportedHistory {
    std::string tool;
    std::string table;
    std::optional<ledger::Digest> rows;  // of the content that has them
    bool operator==(const ImportedHistory&) const = default;
};

// An import or a baseline that says of more migrations than the ledger has: an older version of
// this program wrote them part by part, and was killed.
struct CutOffTakeover {
    std::optional<ledger::Version> baseline;  // nothing: an import
    std::uint32_t missing_count{};
    bool operator==(const CutOffTakeover&) const = default;
};

// An event of a newer version of this program: who meets one reads on, and does not write.
struct NotUnderstood {
    std::uint64_t position{};  // of the first one in the whole ledger
    std::string type;
    bool operator==(const NotUnderstood&) const = default;
};

struct TargetState {
    std::optional<DatabaseIdentity> database;  // nothing: the ledger has never seen this target
    std::optional<OpenAttempt> open_attempt;
    std::optional<OpenRun> open_run;
    std::optional<ImportedHistory> imported;
    std::optional<CutOffTakeover> cut_off;  // until it is completed, or a run has gone on from it
    std::uint64_t stream_version{};         // of target/<name>: what an append expects
    // Those that were tried on this target; any other is pending.
    std::map<ledger::Version, MigrationState> migrations;
    // Those whose application stands, wholly or in part, in the order applied: newest last.
    std::vector<ledger::Version> applied_order;
    std::optional<NotUnderstood> not_understood;
    bool operator==(const TargetState&) const = default;

    [[nodiscard]] bool known() const { return database.has_value(); }
    // nullptr: it was never tried.
    [[nodiscard]] const MigrationState* find(const ledger::Version& version) const {
        const auto found = migrations.find(version);
        return found == migrations.end() ? nullptr : &found->second;
    }
    // nullptr: no application of it stands.
    [[nodiscard]] const Application* application_of(const ledger::Version& version) const {
        const MigrationState* tried = find(version);
        return tried != nullptr && tried->applied ? &*tried->applied : nullptr;
    }
    [[nodiscard]] State state_of(const ledger::Version& version) const {
        const MigrationState* tried = find(version);
        return tried == nullptr ? State::pending : tried->state;
    }
};

// A migration as the ledger knows it, whatever the target.
struct Registered {
    ledger::Version version;
    std::string name;
    std::string layout;
    ledger::MigrationKind kind{};
    std::string path;
    ledger::ContentReference up;
    std::optional<ledger::ContentReference> down;
    std::optional<std::string> author;
    std::uint64_t stream_version{};  // of migration/<version>
    std::uint64_t position{};        // of MigrationRegistered
    std::optional<std::uint64_t> revised_position;
    std::vector<ledger::Target> applied_on;  // where an application of it stands, sorted
    bool operator==(const Registered&) const = default;
};

[[nodiscard]] const Projection& target_state_projection();

[[nodiscard]] ledger::Result<TargetState> read_target_state(const RowStore& rows,
                                                            const ledger::Target& target);

[[nodiscard]] ledger::Result<std::map<ledger::Version, Registered>> read_registered(
    const RowStore& rows);

}  // namespace projections
