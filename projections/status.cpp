#include "projections/status.hpp"

#include "ledger/fold.hpp"
#include "projections/ledger_keys.hpp"
#include "projections/redactions.hpp"
#include "projections/row_key.hpp"
#include "projections/rows.hpp"
#include "projections/status_rows.hpp"
#include "projections/values.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <variant>

namespace projections {

namespace {

using ledger::fail;

constexpr std::size_t positions_max = 64;
constexpr std::uint64_t moment_events = 2048;

constexpr std::string_view target_word = "target";
constexpr std::string_view tried_word = "tried";
constexpr std::string_view seen_word = "seen";

template <class Change>
void change_target(Rows& rows, const ledger::Target& target, const Change& change) {
    TargetStatus& status = edit<TargetStatus>(rows, row_key({target_word, target.name}));
    status.target = target;
    change(status);
}

void remember(std::vector<std::uint64_t>& positions, std::uint64_t position) {
    if (positions.size() == positions_max) positions.erase(positions.begin());
    positions.push_back(position);
}

template <class Change>
void change_tried(Rows& rows, const ledger::Record& record, const ledger::Target& target,
                  const ledger::Version& version, const Change& change) {
    TriedMigration& tried =
        edit<TriedMigration>(rows, row_key({tried_word, target.name, version.text}));
    remember(tried.positions, record.position);
    change(tried);
}

void on(Rows& rows, const ledger::Record& record, const ledger::MigrationRegistered& e) {
    store(rows, row_key({seen_word, e.version.text}),
          SeenMigration{e.name, e.kind, e.path, {record.position}});
}

void on(Rows& rows, const ledger::Record& record, const ledger::MigrationRevised& e) {
    SeenMigration& seen = edit<SeenMigration>(rows, row_key({seen_word, e.version.text}));
    seen.name = e.name;
    seen.path = e.path;
    if (seen.positions.size() > 1) seen.positions.pop_back();
    seen.positions.push_back(record.position);
}

void on(Rows& rows, const ledger::Record&, const ledger::TargetRegistered& e) {
    change_target(rows, e.target, [&](TargetStatus& status) {
        status.database = {e.database, e.system_identifier, e.database_oid, e.server_version,
                           e.marker_schema};
    });
}

template <class Started>
void on_run_started(Rows& rows, const ledger::Record& record, const Started& e,
                    ledger::Direction direction) {
    change_target(rows, e.target, [&](TargetStatus& status) {
        RunSummary run;
        run.run = record.run.value_or(ledger::Uuid{});
        run.direction = direction;
        run.started_at_us = record.recorded_at_us;
        run.actor = record.actor;
        run.planned_count = e.migration_count;
        run.positions = {record.position};
        status.last_run = std::move(run);
        status.last_refusal.reset();
    });
}

template <class Finished>
void on_run_finished(Rows& rows, const ledger::Record& record, const Finished& e,
                     std::uint32_t done_count) {
    change_target(rows, e.target, [&](TargetStatus& status) {
        if (!status.last_run || status.last_run->run != record.run.value_or(ledger::Uuid{})) return;
        RunSummary& run = *status.last_run;
        run.outcome = e.outcome;
        run.finished_at_us = record.recorded_at_us;
        run.done_count = done_count;
        run.failed_count = e.failed_count;
        run.skipped_count = e.skipped_count;
        run.elapsed_us = e.elapsed_us;
        run.positions.push_back(record.position);
    });
}

void on(Rows& rows, const ledger::Record& record, const ledger::RunRefused& e) {
    change_target(rows, e.target, [&](TargetStatus& status) {
        status.last_refusal = {e.gate,          e.reason,    e.detail, record.recorded_at_us,
                               record.position, record.actor};
    });
}

void on(Rows& rows, const ledger::Record& record, const ledger::AttemptStarted& e) {
    change_target(rows, e.target,
                  [&](TargetStatus& status) { status.in_doubt = open_attempt(record, e); });
    change_tried(rows, record, e.target, e.version,
                 [&](TriedMigration& tried) { apply(tried.state, record, e); });
}

void on(Rows& rows, const ledger::StatementSucceeded& e) {
    change_target(rows, e.target, [&](TargetStatus& status) {
        if (status.in_doubt && status.in_doubt->attempt == e.attempt)
            status.in_doubt->statements_done = e.result.statement_index + 1;
    });
}

std::optional<LastError> error_of(const ledger::Record&, const ledger::AttemptSucceeded&) {
    return std::nullopt;
}

std::optional<LastError> error_of(const ledger::Record& record, const ledger::AttemptFailed& e) {
    return LastError{e.message,
                     e.cause,
                     e.sqlstate,
                     e.detail,
                     e.hint,
                     e.direction,
                     e.statement_index,
                     e.line,
                     e.column,
                     e.statements_done,
                     e.statement_count,
                     record.position,
                     record.recorded_at_us};
}

std::optional<LastError> error_of(const ledger::Record& record, const ledger::AttemptCancelled& e) {
    LastError error;
    error.message = "cancelled by " + e.signal;
    error.direction = e.direction;
    error.statements_done = e.statements_done;
    error.statement_count = e.statement_count;
    error.position = record.position;
    error.recorded_at_us = record.recorded_at_us;
    return error;
}

template <class Ended>
void on_attempt_ended(Rows& rows, const ledger::Record& record, const Ended& e) {
    std::optional<OpenAttempt> open;
    change_target(rows, e.target, [&](TargetStatus& status) {
        if (!status.in_doubt || status.in_doubt->attempt != e.attempt) return;
        open = std::exchange(status.in_doubt, std::nullopt);
    });
    change_tried(rows, record, e.target, e.version, [&](TriedMigration& tried) {
        apply(tried.state, record, e, open);
        tried.last_error = error_of(record, e);
    });
}

template <class Decided>
void on_decided(Rows& rows, const ledger::Record& record, const Decided& e) {
    change_target(rows, e.target, [](TargetStatus& status) { status.last_refusal.reset(); });
    change_tried(rows, record, e.target, e.version, [&](TriedMigration& tried) {
        apply(tried.state, record, e);
        tried.last_error.reset();
    });
}

void apply_event(Rows& rows, const ledger::Record& record) {
    fold_keys(rows, record);
    fold_redactions(rows, record);
    const auto up = ledger::Direction::up;
    const auto down = ledger::Direction::down;
    std::visit(ledger::Overload{
                   [&](const ledger::MigrationRegistered& e) { on(rows, record, e); },
                   [&](const ledger::MigrationRevised& e) { on(rows, record, e); },
                   [&](const ledger::TargetRegistered& e) { on(rows, record, e); },
                   [&](const ledger::RunStarted& e) { on_run_started(rows, record, e, up); },
                   [&](const ledger::RunRefused& e) { on(rows, record, e); },
                   [&](const ledger::RunFinished& e) {
                       on_run_finished(rows, record, e, e.applied_count);
                   },
                   [&](const ledger::RollbackStarted& e) { on_run_started(rows, record, e, down); },
                   [&](const ledger::RollbackFinished& e) {
                       on_run_finished(rows, record, e, e.undone_count);
                   },
                   [&](const ledger::AttemptStarted& e) { on(rows, record, e); },
                   [&](const ledger::StatementSucceeded& e) { on(rows, e); },
                   [&](const ledger::AttemptSucceeded& e) { on_attempt_ended(rows, record, e); },
                   [&](const ledger::AttemptFailed& e) { on_attempt_ended(rows, record, e); },
                   [&](const ledger::AttemptCancelled& e) { on_attempt_ended(rows, record, e); },
                   [&](const ledger::DifferenceResolved& e) { on_decided(rows, record, e); },
                   [&](const ledger::MigrationAdopted& e) { on_decided(rows, record, e); },
                   [](const auto&) {},
               },
               record.data);
}

// The rows under one word of the index, by what follows it in their keys.
template <class T>
ledger::Result<std::map<std::string, T>> read_all(const RowStore& rows, const std::string& key) {
    const std::string prefix = row_prefix(status_projection()) + key;
    const auto found = rows.scan(prefix);
    if (!found) return fail(found.error());
    std::map<std::string, T> all;
    for (const Row& row : *found) {
        auto value = from_bytes<T>(row.value);
        if (!value) return fail(value.error());
        const std::size_t size = row.key.size() - prefix.size() - 1;
        all.emplace_hint(all.end(), row.key.substr(prefix.size(), size), std::move(*value));
    }
    return all;
}

void describe(StatusRow& row, const SeenMigration& seen) {
    row.name = seen.name;
    row.kind = seen.kind;
    row.path = seen.path;
    row.first_position = seen.positions.front();
    row.positions = seen.positions;
}

// "Partially" is for what is partly done: not for a script whose first statement failed and left
// nothing.
State shown_state(const MigrationState& state) {
    if (!state.resumption || state.resumption->has_effect()) return state.state;
    if (state.applied) return State::applied;
    return state.failures_count > 0 ? State::failed : State::pending;
}

void describe(StatusRow& row, const TriedMigration& tried) {
    const MigrationState& state = tried.state;
    if (row.positions.empty()) {
        row.name = state.name;
        row.first_position = state.first_position;
    }
    row.state = shown_state(state);
    row.resumption = state.resumption;
    row.attempts_count = state.attempts_count;
    row.failures_count = state.failures_count;
    row.last_error = tried.last_error;
    row.positions.insert(row.positions.end(), tried.positions.begin(), tried.positions.end());
    std::sort(row.positions.begin(), row.positions.end());
    if (!state.applied) return;
    row.digest = state.applied->digest;
    row.applied_at_us = state.applied->applied_at_us;
    row.applied_by = state.applied->actor.id;
    row.elapsed_us = state.applied->elapsed_us;
    row.settled_from = state.applied->settled_from;
}

std::vector<StatusRow> status_rows(const std::map<std::string, SeenMigration>& seen,
                                   const std::map<std::string, TriedMigration>& tried,
                                   const std::optional<OpenAttempt>& in_doubt) {
    std::map<std::string, StatusRow> by_version;
    for (const auto& [version, migration] : seen) describe(by_version[version], migration);
    for (const auto& [version, migration] : tried) describe(by_version[version], migration);
    std::vector<StatusRow> rows;
    rows.reserve(by_version.size());
    for (auto& [version, row] : by_version) {
        row.version.text = version;
        if (in_doubt && in_doubt->version == row.version)
            row.in_doubt_since_us = in_doubt->since_us;
        rows.push_back(std::move(row));
    }
    std::stable_sort(rows.begin(), rows.end(), [](const StatusRow& a, const StatusRow& b) {
        return a.first_position < b.first_position;
    });
    return rows;
}

}  // namespace

const Projection& status_projection() {
    static constexpr Projection projection{"status", 8, apply_event, moment_events};
    return projection;
}

std::size_t TargetStatus::count(State state) const {
    const auto has = [state](const StatusRow& row) { return row.state == state; };
    return static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), has));
}

ledger::Result<std::vector<ledger::Target>> read_targets(const RowStore& rows) {
    const auto all = read_all<TargetStatus>(rows, row_key({target_word}));
    if (!all) return fail(all.error());
    std::vector<ledger::Target> targets;
    for (const auto& [name, status] : *all) targets.push_back({name});
    return targets;
}

ledger::Result<TargetStatus> read_status(const RowStore& rows, const ledger::Target& target) {
    const std::string prefix = row_prefix(status_projection());
    auto stored = load<TargetStatus>(rows, prefix + row_key({target_word, target.name}));
    if (!stored) return fail(stored.error());
    const auto seen = read_all<SeenMigration>(rows, row_key({seen_word}));
    if (!seen) return fail(seen.error());
    const auto tried = read_all<TriedMigration>(rows, row_key({tried_word, target.name}));
    if (!tried) return fail(tried.error());
    TargetStatus status = std::move(*stored).value_or(TargetStatus{});
    status.target = target;
    status.rows = status_rows(*seen, *tried, status.in_doubt);
    return status;
}

}  // namespace projections
