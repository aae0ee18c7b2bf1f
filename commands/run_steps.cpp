#include "commands/run_steps.hpp"

#include "commands/announced.hpp"
#include "commands/ask_again.hpp"

#include <variant>

namespace commands {

using ledger::fail;
using ledger::Result;

namespace {

RunEnd end_of(StepEnd end) {
    switch (end) {
        case StepEnd::succeeded:
            return RunEnd::succeeded;
        case StepEnd::failed:
            return RunEnd::failed;
        case StepEnd::lock_exhausted:
            return RunEnd::lock_exhausted;
        case StepEnd::cancelled:
            return RunEnd::cancelled;
        case StepEnd::in_doubt:
            return RunEnd::in_doubt;
    }
    return RunEnd::failed;
}

projections::OpenAttempt open_attempt_of(const Step& step, const StepOutcome& outcome) {
    projections::OpenAttempt attempt;
    attempt.attempt = outcome.attempt;
    attempt.version = step.entry.version;
    attempt.name = step.entry.name;
    attempt.direction = step.entry.direction;
    attempt.digest = step.entry.digest;
    attempt.transactional = outcome.transactional;
    attempt.statement_count = step.entry.statement_count;
    attempt.first_statement_index = outcome.statements_done;
    return attempt;
}

// Connects again and asks the target what became of the attempt. An error: it stays in doubt.
Result<ledger::Event> settle_now(Services& services, const TargetRequest& request,
                                 const Situation& situation, const Step& step,
                                 const StepOutcome& outcome) {
    auto database = ask_again(services, situation.facts, outcome.attempt, request.fence_wait);
    if (!database) return fail(database.error());
    projections::TargetState state;
    state.open_attempt = open_attempt_of(step, outcome);
    const auto find = [&](const projections::OpenAttempt&) {
        return std::optional<migrations::Script>{*step.script};
    };
    auto settled = settle(*situation.journal, **database, state, find, request);
    if (!settled) return fail(settled.error());
    return *std::move(settled->verdict);  // of what is open there is one
}

// The connection is gone, and the target has told on another that the step is applied: what comes
// after it has not begun.
void go_past(Services& services, const StepOutcome& outcome, RunReport& report) {
    const std::size_t count = report.plan.steps.size();
    const Step& step = report.plan.steps[report.stopped_at];
    services.progress.step_succeeded(step, {report.stopped_at + 1, count}, outcome.elapsed_us);
    const bool is_down = step.entry.direction == ledger::Direction::down;
    const std::string told = step.entry.version.text + (is_down ? " is undone" : " is applied") +
                             ", as its marker tells: " + outcome.message;
    services.progress.note(told);
    ++report.done_count;
    report.last = outcome;
    report.end = RunEnd::succeeded;
    if (++report.stopped_at == count) return;
    const auto& next = report.plan.steps[report.stopped_at].entry;
    AttemptFailed failure;
    failure.cause = ledger::FailureCause::connection_lost;
    failure.message = "not begun; " + told;
    failure.statements_done = next.first_statement_index;
    report.end = RunEnd::failed;
    report.last = StepOutcome{StepEnd::failed, 0, failure, failure.message, {}};
    report.last->transactional = next.transactional;
    report.last->statements_done = next.first_statement_index;
}

// The same where the target has told that it is not applied, or not wholly.
void stop_at(Services& services, const StepOutcome& outcome, const ledger::AttemptFailed& verdict,
             RunReport& report) {
    const Step& step = report.plan.steps[report.stopped_at];
    AttemptFailed failure;
    failure.cause = ledger::FailureCause::connection_lost;
    failure.message = outcome.message + "; " + verdict.message;
    failure.elapsed_us = outcome.elapsed_us;
    failure.statements_done = verdict.statements_done;
    services.progress.step_failed(step, {report.stopped_at + 1, report.plan.steps.size()}, failure);
    report.end = RunEnd::failed;
    report.last = outcome;
    report.last->end = StepEnd::failed;
    report.last->statements_done = verdict.statements_done;
    report.last->begun = verdict.survivors;
    report.last->failure = std::move(failure);
}

// In doubt it stays where nobody can tell what became of it.
void conclude_doubt(Services& services, const StepOutcome& outcome,
                    const Result<ledger::Event>& verdict, RunReport& report) {
    if (!verdict) {
        report.end = RunEnd::in_doubt;
        report.last = outcome;
        report.last->why_untold = verdict.error().detail;
        return;
    }
    if (const auto* failed = std::get_if<ledger::AttemptFailed>(&*verdict))
        stop_at(services, outcome, *failed, report);
    else
        go_past(services, outcome, report);
}

}  // namespace

ledger::Outcome outcome_of(RunEnd end) {
    switch (end) {
        case RunEnd::nothing_to_do:
        case RunEnd::succeeded:
            return ledger::Outcome::succeeded;
        case RunEnd::failed:
        case RunEnd::lock_exhausted:
            return ledger::Outcome::failed;
        case RunEnd::cancelled:
            return ledger::Outcome::cancelled;
        case RunEnd::in_doubt:
            return ledger::Outcome::in_doubt;
    }
    return ledger::Outcome::failed;
}

Result<void> run_steps(Services& services, const TargetRequest& request, Situation& situation,
                       const AttemptPolicy& policy, RunReport& report) {
    const auto companion = services.accompany ? services.accompany() : nullptr;
    AttemptScene scene{*situation.journal,    *situation.database, situation.facts,
                       services.interruption, services.progress,   policy};
    report.end = RunEnd::succeeded;
    for (std::size_t index = 0; index < report.plan.steps.size(); ++index) {
        const Step& step = report.plan.steps[index];
        report.stopped_at = index;
        if (const auto signal = services.interruption.requested()) {
            report.end = RunEnd::cancelled;
            report.last = StepOutcome{StepEnd::cancelled, 0, std::nullopt, *signal, {}};
            report.last->statements_done = step.entry.first_statement_index;
            report.last->begun = step.begun;
            return keep_up(scene, 0);
        }
        const std::size_t count = report.plan.steps.size();
        const Step* const following = index + 1 < count ? &step + 1 : nullptr;
        auto outcome = carry_out(scene, step, {index + 1, count}, following);
        if (!outcome) return fail(outcome.error());
        const bool goes_on = outcome->end == StepEnd::succeeded;
        if (auto level = keep_up(scene, goes_on ? announced_lag_max : 0); !level)
            return fail(level.error());
        if (goes_on) {
            ++report.done_count;
            continue;
        }
        if (outcome->end == StepEnd::in_doubt) {
            const auto verdict = settle_now(services, request, situation, step, *outcome);
            conclude_doubt(services, *outcome, verdict, report);
            return {};
        }
        report.end = end_of(outcome->end);
        report.last = std::move(*outcome);
        return {};
    }
    return keep_up(scene, 0);
}

}  // namespace commands
