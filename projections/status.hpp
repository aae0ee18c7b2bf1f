// projections/status.hpp: where each target stands, for people.
//
// Order  rows come in the order the ledger first heard of them; who has the folder sorts by it.
// Fold   picks the events it shows.
#pragma once

#include "ledger/event.hpp"
#include "ledger/result.hpp"
#include "projections/migration_state.hpp"
#include "projections/projection.hpp"
#include "projections/row_store.hpp"
#include "projections/target_state.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace projections {

// Why the newest attempt stopped. Gone once a later one has succeeded.
struct LastError {
    std::string message;
    std::optional<ledger::FailureCause> cause;  // nothing: a person cancelled it
    std::optional<std::string> sqlstate;
    std::optional<std::string> detail;
    std::optional<std::string> hint;
    ledger::Direction direction{};
    std::optional<std::uint32_t> statement_index;
    std::optional<std::uint32_t> line;
    std::optional<std::uint32_t> column;
    std::uint32_t statements_done{};
    std::uint32_t statement_count{};
    std::uint64_t position{};
    std::int64_t recorded_at_us{};
    bool operator==(const LastError&) const = default;
};

struct StatusRow {
    ledger::Version version;
    std::string name;
    std::optional<ledger::MigrationKind> kind;  // nothing: it was never registered
    std::string path;
    State state{};  // of a script that stopped before its first statement was done: as before it
    std::optional<Resumption> resumption;  // it stopped half done: how far it is
    std::optional<ledger::Digest> digest;  // as applied
    std::optional<std::int64_t> applied_at_us;
    std::optional<std::string> applied_by;  // the actor's id
    std::optional<std::uint64_t> elapsed_us;
    std::optional<std::string> settled_from;
    std::uint32_t attempts_count{};
    std::uint32_t failures_count{};
    std::optional<LastError> last_error;
    std::optional<std::int64_t> in_doubt_since_us;  // an attempt has no outcome yet
    std::uint64_t first_position{};
    std::vector<std::uint64_t> positions;  // of the events that made this row; the newest 64
    bool operator==(const StatusRow&) const = default;
};

struct RunSummary {
    ledger::Uuid run;
    ledger::Direction direction{};           // down: a rollback
    std::optional<ledger::Outcome> outcome;  // nothing: it has not finished, or was cut off
    std::int64_t started_at_us{};
    std::optional<std::int64_t> finished_at_us;
    ledger::Actor actor;
    std::uint32_t planned_count{};
    std::uint32_t done_count{};  // applied, or undone
    std::uint32_t failed_count{};
    std::uint32_t skipped_count{};
    std::uint64_t elapsed_us{};
    std::vector<std::uint64_t> positions;
    bool operator==(const RunSummary&) const = default;
};

struct Refusal {
    std::string gate;
    std::string reason;
    std::string detail;
    std::int64_t recorded_at_us{};
    std::uint64_t position{};
    ledger::Actor actor;
    bool operator==(const Refusal&) const = default;
};

struct TargetStatus {
    ledger::Target target;
    std::optional<DatabaseIdentity> database;
    std::optional<RunSummary> last_run;
    std::optional<Refusal> last_refusal;  // gone once a later run has started
    std::optional<OpenAttempt> in_doubt;
    std::vector<StatusRow> rows;
    bool operator==(const TargetStatus&) const = default;

    [[nodiscard]] std::size_t count(State state) const;
};

[[nodiscard]] const Projection& status_projection();

// Every target the ledger has heard of, by name.
[[nodiscard]] ledger::Result<std::vector<ledger::Target>> read_targets(const RowStore& rows);

// Every migration that was registered or tried; an unknown target has only pending ones.
[[nodiscard]] ledger::Result<TargetStatus> read_status(const RowStore& rows,
                                                       const ledger::Target& target);

}  // namespace projections
