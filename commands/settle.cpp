#include "commands/settle.hpp"

#include "commands/announced.hpp"
#include "ledger/fail_point.hpp"
#include "migrations/catalog_question.hpp"

#include <utility>
#include <variant>
#include <vector>

namespace commands {

using ledger::Code;
using ledger::Event;
using ledger::fail;
using ledger::Result;
using projections::OpenAttempt;

namespace {

Event succeeded(const ledger::Target& target, const OpenAttempt& attempt,
                std::string settled_from = "marker") {
    ledger::AttemptSucceeded event;
    event.attempt = attempt.attempt;
    event.target = target;
    event.version = attempt.version;
    event.direction = attempt.direction;
    event.digest = attempt.digest;
    event.statement_count = attempt.statement_count;
    event.settled_from = std::move(settled_from);
    return event;
}

Event interrupted(const ledger::Target& target, const OpenAttempt& attempt,
                  std::uint32_t statements_done, std::string settled_from,
                  const std::vector<std::string>& begun = {}) {
    ledger::AttemptFailed event;
    event.attempt = attempt.attempt;
    event.target = target;
    event.version = attempt.version;
    event.direction = attempt.direction;
    event.digest = attempt.digest;
    event.cause = ledger::FailureCause::interrupted;
    const bool is_up = attempt.direction == ledger::Direction::up;
    event.message = attempt.transactional
                        ? "interrupted before its commit; nothing of it was applied"
                        : "interrupted; " + std::to_string(statements_done) + " of " +
                              std::to_string(attempt.statement_count) + " statements are " +
                              (is_up ? "applied" : "done");
    event.survivors = begun;
    event.statements_done = statements_done;
    event.statement_count = attempt.statement_count;
    event.resumable = !attempt.transactional;
    event.settled_from = std::move(settled_from);
    return event;
}

Event decision(Journal& journal, const OpenAttempt& attempt, const Evidence& evidence) {
    const bool happened = evidence.catalog == CatalogVerdict::happened;
    const auto number = std::to_string(evidence.marker->statements_done + 1);
    return ledger::DifferenceResolved{
        journal.target(),
        attempt.version,
        attempt.name,
        ledger::DifferenceKind::in_doubt,
        happened ? ledger::Resolution::mark_applied : ledger::Resolution::mark_unapplied,
        std::nullopt,
        std::nullopt,
        attempt.attempt,
        "statement " + number + " of " + std::to_string(attempt.statement_count) +
            (happened ? " has happened" : " has not happened")};
}

ledger::DifferenceResolved taken_as_is(const ledger::Target& target, const OpenAttempt& attempt) {
    return {target,
            attempt.version,
            attempt.name,
            ledger::DifferenceKind::in_doubt,
            ledger::Resolution::adopt,
            std::nullopt,
            std::nullopt,
            attempt.attempt,
            "the marker table is gone; nothing of the attempt of \"" + attempt.version.text +
                "\" that had no outcome counts as done"};
}

// The word of a person is on record before anything follows from it.
Result<void> keep_decision(Journal& journal, TargetDatabase& database, const OpenAttempt& attempt,
                           const Evidence& evidence) {
    if (auto kept = journal.append({decision(journal, attempt, evidence)}); !kept) return kept;
    if (evidence.catalog != CatalogVerdict::happened) return {};
    return database.record_done(attempt.attempt, evidence.marker->statements_done + 1);
}

Result<Event> statement_in_doubt(const OpenAttempt& attempt, const Evidence& evidence) {
    const std::uint32_t index = evidence.marker->statements_done;
    std::string detail = "statement " + std::to_string(index + 1) + " of " +
                         std::to_string(attempt.statement_count) + " of \"" + attempt.version.text +
                         "\"";
    if (evidence.statement) detail += ", " + to_text(*evidence.statement) + ",";
    detail += " may or may not have happened, and the catalog cannot tell";
    return fail(Code::in_doubt, "statement-in-doubt", std::move(detail),
                evidence.look + ", then say so: varve resolve " + attempt.version.text +
                    " --mark-applied (or --mark-unapplied) --reason ...");
}

// Where a person finds out what the catalog cannot tell.
std::string look_of(const migrations::CatalogQuestion& question) {
    if (question.kind == migrations::CatalogQuestion::Kind::unnamed_index_is_invalid)
        return "look at the indexes of \"" + question.object.name +
               "\": is the one of this statement there, and valid";
    if (question.kind == migrations::CatalogQuestion::Kind::index_is_gone)
        return "look in which schemas of the search path an index \"" + question.object.name +
               "\" is left: the statement drops the first of them";
    return "look in the target whether its effect is there";
}

Result<void> look(TargetDatabase& database, const OpenAttempt& attempt,
                  const FindScript& find_script, std::uint32_t done, Evidence& evidence) {
    const auto script = find_script(attempt);
    if (!script) {
        evidence.catalog = CatalogVerdict::cannot_tell;
        evidence.look = "find the script, and look in the target how far it came";
        return {};
    }
    const auto question = migrations::question_about(*script, done);
    if (question.kind == migrations::CatalogQuestion::Kind::none) return {};
    evidence.statement = statement_at(*script, done);
    evidence.look = look_of(question);
    const BeforeStatement before{attempt.indexes_before, attempt.attempt};
    const auto seen = database.look_for(*script, done, before);
    if (!seen) return fail(seen.error());
    ledger::fail_point("settle-catalog-read");
    evidence.catalog = *seen;
    if (*seen != CatalogVerdict::did_not_happen) return {};
    auto begun = database.begun(*script, done, attempt.direction, before);
    if (!begun) return fail(begun.error());
    evidence.begun = std::move(*begun);
    return {};
}

// What the target tells of an attempt.
struct Told {
    std::optional<Marker> marker;
    bool no_table{};  // it is gone, and a person takes the target as it is
};

Result<Told> marker_of(TargetDatabase& database, const ledger::Uuid& attempt,
                       const TargetRequest& request) {
    auto marker = database.settled_marker(attempt, request.fence_wait);
    if (marker) return Told{std::move(*marker)};
    if (marker.error().reason == "markers-gone" && request.adopts_database)
        return Told{std::nullopt, true};
    return fail(marker.error());
}

Result<Evidence> gather(TargetDatabase& database, const OpenAttempt& attempt,
                        const FindScript& find_script, const TargetRequest& request) {
    auto told = marker_of(database, attempt.attempt, request);
    if (!told) return fail(told.error());
    ledger::fail_point("settle-marker-read");
    Evidence evidence{std::move(told->marker), std::nullopt};
    evidence.no_marker_table = told->no_table;
    if (attempt.transactional || !evidence.marker) return evidence;
    const std::uint32_t done = evidence.marker->statements_done;
    if (done >= evidence.marker->statements_total) return evidence;

    if (auto looked = look(database, attempt, find_script, done, evidence); !looked)
        return fail(looked.error());
    if (evidence.catalog == CatalogVerdict::cannot_tell && request.statement_in_doubt) {
        evidence.catalog = request.statement_in_doubt;
        evidence.decided = true;
        return evidence;  // the marker follows once the decision is on record
    }
    if (evidence.catalog == CatalogVerdict::happened) {
        const auto corrected = database.record_done(attempt.attempt, done + 1);
        if (!corrected) return fail(corrected.error());
        ledger::fail_point("settle-marker-corrected");
    }
    return evidence;
}

bool is_done_by(const projections::OpenRun& run, const projections::MigrationState& migration) {
    if (run.direction == ledger::Direction::up)
        return migration.applied && migration.applied->run == run.run;
    return migration.state == projections::State::rolled_back &&
           migration.last_position > run.position;
}

// Of the run or rollback that died: what its own attempts had done, the settled one included.
std::uint32_t done_by(const projections::TargetState& state, const projections::OpenRun& run,
                      const std::optional<Event>& verdict) {
    std::uint32_t count = 0;
    for (const auto& [version, migration] : state.migrations)
        if (is_done_by(run, migration)) ++count;
    return count + (verdict && std::holds_alternative<ledger::AttemptSucceeded>(*verdict) ? 1 : 0);
}

Event started(const ledger::Target& target, const OpenAttempt& attempt) {
    ledger::AttemptStarted event;
    event.attempt = attempt.attempt;
    event.target = target;
    event.version = attempt.version;
    event.name = attempt.name;
    event.direction = attempt.direction;
    event.digest = attempt.digest;
    event.try_number = 1;
    event.transactional = attempt.transactional;
    event.statement_count = attempt.statement_count;
    return event;
}

// Whether the ledger knows of an attempt of that step in that run which has done it, or is open.
bool is_heard_of(const projections::TargetState& state, const projections::OpenRun& run,
                 const ledger::PlannedMigration& step) {
    if (state.open_attempt && state.open_attempt->version == step.version) return true;
    const auto* tried = state.find(step.version);
    return tried != nullptr && is_done_by(run, *tried);
}

// What the run that died had applied before the ledger was told: the plan announced it, and the
// target has its markers.
Result<void> find_announced(const Journal& journal, TargetDatabase& database,
                            const projections::TargetState& state, const TargetRequest& request,
                            Settlement& settlement) {
    const auto steps = plan_of(journal.reader(), *state.open_run);
    if (!steps) return fail(steps.error());
    for (const ledger::PlannedMigration& step : *steps) {
        if (is_heard_of(state, *state.open_run, step)) continue;
        if (!may_be_announced(step)) break;
        auto attempt = announced_open_attempt(state.open_run->run, step);
        const auto told = marker_of(database, attempt.attempt, request);
        if (!told) return fail(told.error());
        ledger::fail_point("settle-announced-read");
        if (told->no_table) settlement.taken_as_is = taken_as_is(journal.target(), attempt);
        if (!told->marker) break;
        settlement.found.push_back(std::move(attempt));
    }
    return {};
}

Event closing(const ledger::Target& target, const projections::OpenRun& run,
              std::uint32_t done_count, bool failed, std::uint64_t elapsed_us) {
    const std::uint32_t failed_count = failed ? 1 : 0;
    const std::uint32_t reached = done_count + failed_count;
    const std::uint32_t left = run.migration_count > reached ? run.migration_count - reached : 0;
    if (run.direction == ledger::Direction::down)
        return ledger::RollbackFinished{
            target, ledger::Outcome::failed, done_count, failed_count, left, elapsed_us};
    return ledger::RunFinished{target,    ledger::Outcome::failed, done_count, failed_count, left,
                               elapsed_us};
}

bool has_failed(const Settlement& settlement) {
    return settlement.verdict && std::holds_alternative<ledger::AttemptFailed>(*settlement.verdict);
}

void close_run(Journal& journal, const projections::TargetState& state, Settlement& settlement) {
    const projections::OpenRun& run = *state.open_run;
    journal.begin_run(run.run);
    for (const OpenAttempt& attempt : settlement.found) {
        journal.hold(started(journal.target(), attempt));
        journal.hold(succeeded(journal.target(), attempt));
    }
    const auto done = done_by(state, run, settlement.verdict) +
                      static_cast<std::uint32_t>(settlement.found.size());
    const std::int64_t elapsed_us = journal.now_us() - run.since_us;
    journal.hold(closing(journal.target(), run, done, has_failed(settlement),
                         elapsed_us > 0 ? static_cast<std::uint64_t>(elapsed_us) : 0));
    settlement.run_closed = true;
}

Result<Evidence> judge(const Journal& journal, TargetDatabase& database, const OpenAttempt& attempt,
                       const FindScript& find_script, const TargetRequest& request,
                       Settlement& settlement) {
    auto evidence = gather(database, attempt, find_script, request);
    if (!evidence) return evidence;
    auto event = verdict(journal.target(), attempt, *evidence);
    if (!event) return fail(event.error());
    settlement.verdict = std::move(*event);
    settlement.attempt_settled = true;
    settlement.decided = evidence->decided;
    if (evidence->no_marker_table) settlement.taken_as_is = taken_as_is(journal.target(), attempt);
    return evidence;
}

}  // namespace

Result<Event> verdict(const ledger::Target& target, const OpenAttempt& attempt,
                      const Evidence& evidence) {
    const auto& marker = evidence.marker;
    if (!marker) {
        const std::uint32_t kept = attempt.transactional ? 0 : attempt.first_statement_index;
        return interrupted(target, attempt, kept, evidence.no_marker_table ? "decision" : "marker");
    }
    if (marker->statements_done >= marker->statements_total) return succeeded(target, attempt);
    if (!evidence.catalog) return interrupted(target, attempt, marker->statements_done, "marker");
    const std::string source = evidence.decided ? "decision" : "catalog";
    switch (*evidence.catalog) {
        case CatalogVerdict::cannot_tell:
            return statement_in_doubt(attempt, evidence);
        case CatalogVerdict::did_not_happen:
            return interrupted(target, attempt, marker->statements_done, source, evidence.begun);
        case CatalogVerdict::happened:
            break;
    }
    if (marker->statements_done + 1 >= marker->statements_total)
        return succeeded(target, attempt, evidence.decided ? "decision" : "marker");
    return interrupted(target, attempt, marker->statements_done + 1, source);
}

Result<Settlement> settle(Journal& journal, TargetDatabase& database,
                          const projections::TargetState& state, const FindScript& find_script,
                          const TargetRequest& request) {
    Settlement settlement;
    Evidence evidence;
    if (state.open_attempt) {
        auto judged =
            judge(journal, database, *state.open_attempt, find_script, request, settlement);
        if (!judged) return fail(judged.error());
        evidence = std::move(*judged);
    }
    if (state.open_run && !has_failed(settlement))
        if (auto found = find_announced(journal, database, state, request, settlement); !found)
            return fail(found.error());
    // Nothing is held before all is known: where a fence is held, this is asked once more.
    if (evidence.decided)
        if (auto kept = keep_decision(journal, database, *state.open_attempt, evidence); !kept)
            return fail(kept.error());
    if (settlement.taken_as_is) journal.hold(*settlement.taken_as_is);
    if (settlement.verdict) journal.hold(*settlement.verdict);
    if (state.open_run) close_run(journal, state, settlement);
    ledger::fail_point("before-settle-appended");
    if (const auto flushed = journal.flush(); !flushed) return fail(flushed.error());
    ledger::fail_point("settle-appended");
    return settlement;
}

}  // namespace commands
