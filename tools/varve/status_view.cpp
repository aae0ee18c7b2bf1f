#include "tools/varve/status_view.hpp"

#include "commands/progress_made.hpp"
#include "ledger/clean.hpp"
#include "migrations/version.hpp"
#include "tools/varve/examination_view.hpp"
#include "tools/varve/time_text.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace tools::varve {

using projections::State;
using projections::StatusRow;

namespace {

constexpr std::size_t command_bytes_max = 128;

bool counts_as_pending(const StatusRow& row) {
    return row.state != State::applied && row.state != State::partially_rolled_back;
}

// By their numbers.
bool comes_after(const ledger::Version& version, const ledger::Version& other) {
    const auto number = migrations::number_of(version.text);
    const auto than = migrations::number_of(other.text);
    return number && than && migrations::compare_dotted(*number, *than) > 0;
}

// What has no number stands first.
bool stands_before(const ledger::Version& version, const ledger::Version& other) {
    const auto number = migrations::number_of(version.text);
    const auto than = migrations::number_of(other.text);
    if (!number || !than) return !number && than;
    return migrations::compare_dotted(*number, *than) < 0;
}

void name_by_file(StatusRow& row, const migrations::Migration& migration) {
    row.name = migration.name;
    row.path = migration.up.path;
}

StatusRow unheard_of(const migrations::Migration& migration) {
    StatusRow row;
    row.version = migration.version;
    row.kind = migration.kind;
    name_by_file(row, migration);
    return row;
}

// A run would take the file as it is now, whatever the ledger has heard of it under another name.
bool is_to_be_run(const StatusRow& row) {
    return !row.in_doubt_since_us && row.state != State::applied &&
           row.state != State::partially_rolled_back;
}

bool is_not_needed(const StatusView& view, const StatusRow& row) {
    return view.not_needed.contains(row.version.text);
}

std::string state_text(const StatusView& view, const StatusRow& row) {
    if (is_not_needed(view, row)) return "not-needed";
    if (row.in_doubt_since_us && view.running) return "running";
    return std::string{row.in_doubt_since_us ? "in-doubt" : projections::to_text(row.state)};
}

Colour colour_of(const StatusView& view, const StatusRow& row) {
    if (is_not_needed(view, row)) return Colour::grey;
    if (row.in_doubt_since_us) return view.running ? Colour::yellow : Colour::red;
    switch (row.state) {
        case State::applied:
            return Colour::green;
        case State::failed:
        case State::partially_applied:
        case State::partially_rolled_back:
            return Colour::red;
        case State::pending:
        case State::rolled_back:
            return Colour::yellow;
    }
    return Colour::none;
}

bool is_half_done(const StatusRow& row) {
    return row.state == State::partially_applied || row.state == State::partially_rolled_back;
}

// "2 of 3 statements done; "
std::string how_far(const StatusRow& row) {
    if (!is_half_done(row) || !row.resumption) return "";
    return std::to_string(row.resumption->statements_done) + " of " +
           std::to_string(row.resumption->statement_count) + " statements done" +
           commands::and_begun(row.resumption->begun) + "; ";
}

std::string how(const StatusView& view, const StatusRow& row) {
    if (is_not_needed(view, row))
        return row.kind == ledger::MigrationKind::baseline ? "the target has a history of its own"
                                                           : "a baseline stands for it";
    if (row.in_doubt_since_us)
        return "an attempt of " + instant_short(*row.in_doubt_since_us) +
               (view.running ? " goes on" : " has no outcome yet");
    if (row.state == State::applied && row.applied_at_us) {
        std::string text = instant_short(*row.applied_at_us);
        // The actor is who took it over, not who applied it.
        if (row.settled_from == "import" || row.settled_from == "baseline")
            return text + ", taken over by " + *row.settled_from;
        if (row.applied_by) text += " by " + *row.applied_by;
        if (row.elapsed_us && !row.settled_from) text += ", " + duration_text(*row.elapsed_us);
        if (row.settled_from) text += ", settled from the " + *row.settled_from;
        return text;
    }
    if (!row.last_error) return "";
    std::string text = row.last_error->message.substr(0, row.last_error->message.find('\n'));
    if (row.last_error->sqlstate) text = *row.last_error->sqlstate + ": " + text;
    if (row.last_error->line) text += " (line " + std::to_string(*row.last_error->line) + ")";
    return how_far(row) + text;
}

std::string summary(const StatusView& view) {
    const auto& status = view.status;
    std::string text;
    if (status.database)
        text += "database " + status.database->database + " on PostgreSQL " +
                status.database->server_version + ", ";
    text += std::to_string(status.count(State::applied)) + " applied, " +
            std::to_string(pending_count(view)) + " pending";
    return text;
}

Json error_json(const projections::LastError& error) {
    return {{"message", error.message},
            {"sqlstate", optional_json(error.sqlstate)},
            {"detail", optional_json(error.detail)},
            {"hint", optional_json(error.hint)},
            {"direction", direction_text(error.direction)},
            {"statement_index", optional_json(error.statement_index)},
            {"line", optional_json(error.line)},
            {"column", optional_json(error.column)},
            {"position", error.position},
            {"recorded_at", instant_text(error.recorded_at_us)}};
}

Json resumption_json(const StatusRow& row) {
    if (!row.resumption) return nullptr;
    return {{"direction", direction_text(row.resumption->direction)},
            {"statements_done", row.resumption->statements_done},
            {"statement_count", row.resumption->statement_count},
            {"begun", row.resumption->begun}};
}

Json row_json(const StatusView& view, const StatusRow& row) {
    return {{"version", row.version.text},
            {"name", row.name},
            {"path", row.path},
            {"state", state_text(view, row)},
            {"resumption", resumption_json(row)},
            {"digest", row.digest ? Json(ledger::hex(*row.digest)) : Json(nullptr)},
            {"applied_at", instant_json(row.applied_at_us)},
            {"applied_by", optional_json(row.applied_by)},
            {"elapsed_us", optional_json(row.elapsed_us)},
            {"settled_from", optional_json(row.settled_from)},
            {"attempts_count", row.attempts_count},
            {"failures_count", row.failures_count},
            {"in_doubt_since", view.running ? Json(nullptr) : instant_json(row.in_doubt_since_us)},
            {"last_error", row.last_error ? error_json(*row.last_error) : Json(nullptr)},
            {"positions", row.positions}};
}

Json run_json(const projections::RunSummary& run) {
    return {{"run", ledger::to_text(run.run)},
            {"direction", direction_text(run.direction)},
            {"outcome", run.outcome ? Json(outcome_text(*run.outcome)) : Json(nullptr)},
            {"started_at", instant_text(run.started_at_us)},
            {"finished_at", instant_json(run.finished_at_us)},
            {"actor", run.actor.id},
            {"planned_count", run.planned_count},
            {"done_count", run.done_count},
            {"failed_count", run.failed_count},
            {"skipped_count", run.skipped_count}};
}

std::string unfinished(const projections::RunSummary& run) {
    const std::string what = run.direction == ledger::Direction::down ? "rollback" : "run";
    return "  " + what + " begun " + instant_short(run.started_at_us) + " by " + run.actor.id +
           " has not finished: it goes on, or was cut off and may have done more than is shown; "
           "varve recover finds out";
}

}  // namespace

std::string text_of(const adapters::rocksdb::LockHolder& holder) {
    return "pid " + std::to_string(holder.pid) + " (" +
           ledger::clean(holder.command, command_bytes_max) + ") since " +
           instant_short(holder.since_us);
}

Json to_json(const adapters::rocksdb::LockHolder& holder) {
    return {{"pid", holder.pid},
            {"command", ledger::clean(holder.command, command_bytes_max)},
            {"since", instant_text(holder.since_us)}};
}

StatusView with_folder(projections::TargetStatus status, const projections::TargetState& state,
                       const migrations::Folder& folder) {
    std::unordered_map<std::string_view, const StatusRow*> known;
    for (const StatusRow& row : status.rows) known.emplace(row.version.text, &row);
    std::unordered_set<std::string_view> in_folder;
    for (const auto& migration : folder.migrations) in_folder.insert(migration.version.text);

    std::vector<StatusRow> rows;
    rows.reserve(status.rows.size() + folder.migrations.size());
    // What another target has, and neither this one nor the folder, is none of this one's business.
    std::vector<const StatusRow*> without_file;
    for (const StatusRow& row : status.rows)
        if (row.state != State::pending && !in_folder.contains(row.version.text))
            without_file.push_back(&row);
    std::stable_sort(without_file.begin(), without_file.end(),
                     [](const StatusRow* one, const StatusRow* other) {
                         return stands_before(one->version, other->version);
                     });
    auto next = without_file.begin();
    for (const auto& migration : folder.migrations) {
        for (; next != without_file.end() && !comes_after((*next)->version, migration.version);
             ++next)
            rows.push_back(**next);
        const auto found = known.find(migration.version.text);
        rows.push_back(found == known.end() ? unheard_of(migration) : *found->second);
        StatusRow& row = rows.back();
        if (row.digest && migration.kind == ledger::MigrationKind::repeatable &&
            *row.digest != migration.up.digest && !is_half_done(row))
            row.state = State::pending;
        if (is_to_be_run(row)) name_by_file(row, migration);
    }
    for (; next != without_file.end(); ++next) rows.push_back(**next);
    const auto pending = commands::pending_of(state, folder);
    StatusView view{std::move(status), commands::file_differences(state, folder), true,
                    pending.size()};
    for (const StatusRow& row : rows)
        if (row.state == State::pending) view.not_needed.insert(row.version.text);
    for (const auto& each : pending) view.not_needed.erase(each.migration->version.text);
    view.status.rows = std::move(rows);
    return view;
}

void leave_out_order(StatusView& view) {
    std::erase_if(view.differences, [](const commands::Difference& difference) {
        return difference.kind == commands::DifferenceKind::out_of_order;
    });
}

std::optional<std::int64_t> unfinished_since_us(const StatusView& view) {
    const auto& run = view.status.last_run;
    std::optional<std::int64_t> since;
    if (view.status.in_doubt) since = view.status.in_doubt->since_us;
    if (run && !run->outcome)
        since = std::min(since.value_or(run->started_at_us), run->started_at_us);
    return since;
}

void tell_running(StatusView& view, const adapters::rocksdb::LockHolder& holder) {
    const auto since = unfinished_since_us(view);
    if (!since || *since < holder.since_us) return;
    view.running = holder;
    view.status.in_doubt.reset();
    view.examination.reset();
}

std::size_t pending_count(const StatusView& view) {
    if (view.with_folder) return view.pending_count;
    return static_cast<std::size_t>(
        std::count_if(view.status.rows.begin(), view.status.rows.end(), counts_as_pending));
}

bool is_unfinished(const StatusView& view) {
    return view.status.last_run && !view.status.last_run->outcome && !view.running;
}

void print(const Console& console, const StatusView& view) {
    console.line(console.paint(Colour::bold, view.status.target.name) + "  " + summary(view) +
                 (view.is_unlisted ? "  (not in varve.toml)" : ""));
    Table table;
    for (const StatusRow& row : view.status.rows) {
        table.push_back({"  " + console.paint(colour_of(view, row), state_text(view, row)),
                         row.version.text, row.name, how(view, row)});
    }
    console.lines(align(table));
    if (view.running) console.line("  running: " + text_of(*view.running));
    if (view.examination) print(console, *view.examination, view.is_past ? Seen::then : Seen::now);
    if (is_unfinished(view) && !view.examination)
        console.line(console.told(unfinished(*view.status.last_run), view.status.target.name) +
                     (view.is_unlisted ? ", once varve.toml has its section again" : ""));
    for (const auto& difference : view.differences)
        console.line("  " +
                     console.paint(Colour::red, std::string{commands::to_text(difference.kind)}) +
                     "  " + difference.detail);
    if (view.status.last_refusal)
        console.line("  last run refused " +
                     instant_short(view.status.last_refusal->recorded_at_us) + ": " +
                     view.status.last_refusal->detail);
}

void print(const Console& console, const ComputedAt& at) {
    console.line(console.paint(Colour::grey, "ledger " + ledger::to_text(at.ledger) + ", " +
                                                 std::to_string(at.size) + " events, root " +
                                                 ledger::hex(at.root).substr(0, 16)));
}

Json to_json(const StatusView& view) {
    Json json{{"target", view.status.target.name}};
    json["database"] = nullptr;
    if (view.status.database)
        json["database"] = {{"name", view.status.database->database},
                            {"server_version", view.status.database->server_version},
                            {"marker_schema", view.status.database->marker_schema}};
    json["applied_count"] = view.status.count(State::applied);
    json["pending_count"] = pending_count(view);
    json["last_run"] = view.status.last_run ? run_json(*view.status.last_run) : Json(nullptr);
    json["running"] = view.running ? to_json(*view.running) : Json(nullptr);
    json["in_doubt"] = view.status.in_doubt ? Json(view.status.in_doubt->version.text) : nullptr;
    json["in_doubt_attempt"] = view.examination ? to_json(*view.examination) : Json(nullptr);
    json["migrations"] = Json::array();
    for (const StatusRow& row : view.status.rows) json["migrations"].push_back(row_json(view, row));
    json["differences"] = Json::array();
    for (const auto& difference : view.differences)
        json["differences"].push_back({{"kind", commands::to_text(difference.kind)},
                                       {"version", difference.version.text},
                                       {"detail", difference.detail}});
    return json;
}

Json to_json(const ComputedAt& at) {
    return {
        {"ledger", ledger::to_text(at.ledger)}, {"size", at.size}, {"root", ledger::hex(at.root)}};
}

}  // namespace tools::varve
