#include "commands/run_steps.hpp"

#include "commands/announced.hpp"
#include "ledger/fail_point.hpp"

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

// Connects again and asks the target what became of the attempt. Nothing: it stays in doubt.
std::optional<ledger::Event> settle_now(Services& services, const TargetRequest& request,
                                        Journal& journal, const Step& step,
                                        const StepOutcome& outcome) {
    auto database = services.connect();
    if (!database) return std::nullopt;
    ledger::fail_point("connected-again");
    projections::TargetState state;
    state.open_attempt = open_attempt_of(step, outcome);
    const auto find = [&](const projections::OpenAttempt&) {
        return std::optional<migrations::Script>{*step.script};
    };
    auto settled = settle(journal, **database, state, find, request);
    if (!settled) return std::nullopt;
    return settled->verdict;
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
            return keep_up(scene, 0);
        }
        auto outcome = carry_out(scene, step, {index + 1, report.plan.steps.size()});
        if (!outcome) return fail(outcome.error());
        const bool goes_on = outcome->end == StepEnd::succeeded;
        if (auto level = keep_up(scene, goes_on ? announced_lag_max : 0); !level)
            return fail(level.error());
        if (goes_on) {
            ++report.done_count;
            continue;
        }
        report.end = end_of(outcome->end);
        if (outcome->end == StepEnd::in_doubt) {
            const auto verdict = settle_now(services, request, *situation.journal, step, *outcome);
            const bool happened =
                verdict && std::holds_alternative<ledger::AttemptSucceeded>(*verdict);
            if (happened) ++report.done_count;
            if (verdict)
                report.end = happened && index + 1 == report.plan.steps.size() ? RunEnd::succeeded
                                                                               : RunEnd::failed;
        }
        report.last = std::move(*outcome);
        return {};
    }
    return keep_up(scene, 0);
}

}  // namespace commands
