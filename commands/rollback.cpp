#include "commands/rollback.hpp"

#include "commands/reconcile.hpp"
#include "commands/registration.hpp"
#include "commands/run_steps.hpp"
#include "commands/validate.hpp"

#include <set>

namespace commands {

using ledger::fail;
using ledger::Result;

namespace {

Result<void> refuse(Journal& journal, const std::string& gate, const ledger::Error& error) {
    const auto kept = journal.append(
        {ledger::RunRefused{journal.target(), gate, error.reason, error.detail.substr(0, 2000)}});
    if (!kept) return kept;
    return fail(error);
}

Result<void> check_target(Services& services, const RollbackRequest& request,
                          Situation& situation) {
    const auto markers = situation.database->markers();
    if (!markers) return fail(markers.error());
    const auto head = services.store.head();
    if (!head) return fail(head.error());
    const Standing standing{situation.known.state, *markers, situation.facts, request.target.target,
                            head->ledger};
    if (auto error = refusal(target_differences(standing), true))
        return refuse(*situation.journal, "reconcile", *error);
    return {};
}

// Only what is wrong in a script that would be executed stands in the way.
Result<void> check_scripts(const migrations::Folder& folder, const Plan& plan) {
    std::set<std::string> paths;
    for (const Step& step : plan.steps) paths.insert(step.entry.path);
    migrations::Folder concerned;
    for (const migrations::Diagnostic& diagnostic : folder.diagnostics)
        if (paths.contains(diagnostic.file)) concerned.diagnostics.push_back(diagnostic);
    return check_folder(concerned, ledger::Direction::down);
}

Result<void> begin(RunReport& report, const RollbackRequest& request, Situation& situation) {
    Journal& journal = *situation.journal;
    report.run = journal.new_id();
    journal.begin_run(*report.run);
    auto registered =
        register_plan(journal, report.plan, *request.folder, situation.known.registered);
    if (!registered) return registered;
    auto content = to_content(report.plan);
    if (!content) return fail(content.error());
    ledger::RollbackStarted started{request.target.target,
                                    ledger::reference(*content),
                                    static_cast<std::uint32_t>(report.plan.steps.size()),
                                    {{"reconcile", true, "ledger and markers agree"},
                                     {"down-scripts", true, "there is one for every migration"}},
                                    situation.facts.version};
    std::vector<ledger::Content> contents;
    contents.push_back(std::move(*content));
    journal.hold(std::move(started), std::move(contents));
    return {};
}

Result<void> finish(RunReport& report, Journal& journal) {
    ledger::RollbackFinished event;
    event.target = journal.target();
    event.outcome = outcome_of(report.end);
    event.undone_count = report.done_count;
    event.failed_count = report.last && report.last->failure ? 1 : 0;
    event.skipped_count = static_cast<std::uint32_t>(report.plan.steps.size()) -
                          event.undone_count - event.failed_count;
    event.elapsed_us = report.elapsed_us;
    return journal.append({std::move(event)});
}

}  // namespace

Result<RunReport> rollback(Services& services, const RollbackRequest& request) {
    const std::int64_t began_us = services.clock.now_us();
    auto situation = enter(services, request.target, request.folder.get());
    if (!situation) return fail(situation.error());
    if (auto agrees = check_target(services, request, *situation); !agrees)
        return fail(agrees.error());
    auto plan = plan_rollback(situation->known, request.target.target, request.folder,
                              request.options, down_finder(services.store));
    if (!plan) return fail(plan.error());
    if (auto valid = check_scripts(*request.folder, *plan); !valid) {
        const auto refused = refuse(*situation->journal, "validation", valid.error());
        return fail(refused.error());
    }

    RunReport report;
    report.plan = std::move(*plan);
    report.settled = situation->settlement.attempt_settled;
    if (report.plan.steps.empty()) return report;
    services.progress.plan_ready(report.plan);
    if (auto begun = begin(report, request, *situation); !begun) return fail(begun.error());
    if (auto done = run_steps(services, request.target, *situation, request.options.policy, report);
        !done)
        return fail(done.error());
    report.elapsed_us = static_cast<std::uint64_t>(services.clock.now_us() - began_us);
    if (auto finished = finish(report, *situation->journal); !finished)
        return fail(finished.error());
    return report;
}

}  // namespace commands
