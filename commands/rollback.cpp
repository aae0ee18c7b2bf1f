#include "commands/rollback.hpp"

#include "commands/reconcile.hpp"
#include "commands/run_steps.hpp"
#include "commands/undertaking.hpp"
#include "commands/validate.hpp"
#include "ledger/fail_point.hpp"

#include <set>

namespace commands {

using ledger::fail;
using ledger::Result;

namespace {

Result<void> check_target(Services& services, const RollbackRequest& request,
                          Situation& situation) {
    const auto scene = look(services.store, *situation.database);
    if (!scene) return fail(scene.error());
    const Standing standing{situation.known.state, scene->markers, situation.facts, request.target,
                            scene->ledger};
    ledger::fail_point("rollback-reconciled");
    if (auto error = refusal(target_differences(standing), true))
        return fail(refuse(*situation.journal, "reconcile", *error));
    return {};
}

Result<void> begin(RunReport& report, const RollbackRequest& request, Situation& situation,
                   const std::vector<ledger::GateVerdict>& planned) {
    if (auto made = situation.database->prepare_markers(); !made) return made;
    auto kept = undertake(report, situation, *request.folder);
    if (!kept) return fail(kept.error());
    std::vector<ledger::GateVerdict> gates{{"reconcile", true, "ledger and markers agree"}};
    gates.insert(gates.end(), planned.begin(), planned.end());
    situation.journal->hold(
        ledger::RollbackStarted{request.target.target, kept->reference,
                                static_cast<std::uint32_t>(report.plan.steps.size()), gates,
                                situation.facts.version},
        std::move(kept->contents));
    ledger::fail_point("rollback-held");
    return {};
}

Result<void> finish(const RunReport& report, Journal& journal) {
    const StepCounts counts = counts_of(report);
    ledger::fail_point("before-rollback-finished");
    const auto finished = journal.append(
        {ledger::RollbackFinished{journal.target(), outcome_of(report.end), counts.done,
                                  counts.failed, counts.skipped, report.elapsed_us}});
    ledger::fail_point("rollback-finished");
    return finished;
}

}  // namespace

// Only what is wrong in a script that would be executed stands in the way.
Result<void> check_scripts(const migrations::Folder& folder, const Plan& plan) {
    std::set<std::string> paths;
    for (const Step& step : plan.steps) paths.insert(step.entry.path);
    migrations::Folder concerned;
    for (const migrations::Diagnostic& diagnostic : folder.diagnostics)
        if (paths.contains(diagnostic.file)) concerned.diagnostics.push_back(diagnostic);
    return check_undoable(concerned);
}

Result<RunReport> undo_plan(Services& services, const RollbackRequest& request,
                            Situation& situation, RollbackPlan plan) {
    const std::int64_t began_us = services.clock.now_us();
    RunReport report;
    report.plan = std::move(plan.plan);
    report.notes = std::move(plan.notes);
    if (report.plan.steps.empty()) return report;
    services.progress.plan_ready(report.plan);
    if (auto begun = begin(report, request, situation, plan.gates); !begun)
        return fail(begun.error());
    if (auto done = run_steps(services, request.target, situation, request.options.policy, report);
        !done)
        return fail(done.error());
    report.elapsed_us = static_cast<std::uint64_t>(services.clock.now_us() - began_us);
    if (auto finished = finish(report, *situation.journal); !finished)
        return fail(finished.error());
    return report;
}

Result<RunReport> rollback(Services& services, const RollbackRequest& request) {
    auto situation = enter(services, request.target, request.folder.get());
    if (!situation) return fail(situation.error());
    if (auto agrees = check_target(services, request, *situation); !agrees)
        return fail(agrees.error());
    auto plan = plan_rollback(situation->known, request.target.target, request.folder,
                              request.options, kept_scripts(services.store));
    if (!plan) return fail(plan.error());
    if (!plan->plan.steps.empty())
        if (auto kept = check_safeguards(request.target.target, request.options.safeguards); !kept)
            return fail(refuse(*situation->journal, "environment", kept.error()));
    if (auto valid = check_scripts(*request.folder, plan->plan); !valid)
        return fail(refuse(*situation->journal, "validation", valid.error()));
    auto report = undo_plan(services, request, *situation, std::move(*plan));
    if (report) report->settled = situation->settlement.attempt_settled;
    return report;
}

}  // namespace commands
