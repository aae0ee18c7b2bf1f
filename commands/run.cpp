#include "commands/run.hpp"

#include "commands/registration.hpp"
#include "commands/run_steps.hpp"
#include "commands/validate.hpp"

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

Result<void> pass_gates(Services& services, const RunRequest& request, Situation& situation,
                        std::vector<ledger::GateVerdict>& gates) {
    Journal& journal = *situation.journal;
    if (auto valid = check_folder(*request.folder, ledger::Direction::up); !valid)
        return refuse(journal, "validation", valid.error());
    gates.push_back({"validation", true, "no errors"});

    const auto markers = situation.database->markers();
    if (!markers) return fail(markers.error());
    const auto head = services.store.head();
    if (!head) return fail(head.error());
    const Standing standing{situation.known.state, *markers, situation.facts, request.target.target,
                            head->ledger};
    const auto reconciled = reconcile(standing, *request.folder);
    if (auto error = refusal(reconciled.differences, request.options.out_of_order))
        return refuse(journal, "reconcile", *error);
    gates.push_back({"reconcile", true, "ledger, markers and files agree"});
    return {};
}

Result<void> begin(RunReport& report, const RunRequest& request, Situation& situation,
                   std::vector<ledger::GateVerdict> gates) {
    Journal& journal = *situation.journal;
    report.run = journal.new_id();
    journal.begin_run(*report.run);
    if (auto made = situation.database->prepare_markers(); !made) return made;
    if (auto target = target_registration(situation.known.state, situation.facts, request.target))
        journal.hold(std::move(*target));
    auto registered =
        register_plan(journal, report.plan, *request.folder, situation.known.registered);
    if (!registered) return registered;

    auto content = to_content(report.plan);
    if (!content) return fail(content.error());
    ledger::RunStarted started{request.target.target, ledger::reference(*content),
                               static_cast<std::uint32_t>(report.plan.steps.size()),
                               std::move(gates), situation.facts.version};
    std::vector<ledger::Content> contents;
    contents.push_back(std::move(*content));
    journal.hold(std::move(started), std::move(contents));
    return {};
}

Result<void> finish(RunReport& report, Journal& journal) {
    ledger::RunFinished event;
    event.target = journal.target();
    event.outcome = outcome_of(report.end);
    event.applied_count = report.done_count;
    event.failed_count = report.last && report.last->failure ? 1 : 0;
    event.skipped_count = static_cast<std::uint32_t>(report.plan.steps.size()) -
                          event.applied_count - event.failed_count;
    event.elapsed_us = report.elapsed_us;
    return journal.append({std::move(event)});
}

}  // namespace

Result<RunReport> run(Services& services, const RunRequest& request) {
    const std::int64_t began_us = services.clock.now_us();
    auto situation = enter(services, request.target, request.folder.get());
    if (!situation) return fail(situation.error());

    std::vector<ledger::GateVerdict> gates;
    if (auto passed = pass_gates(services, request, *situation, gates); !passed)
        return fail(passed.error());
    auto plan = plan_run(situation->known.state, request.target.target, request.folder,
                         request.options, text_finder(services.store));
    if (!plan) return fail(plan.error());

    auto asked = environment_gates(*plan, situation->known.registered, request.options);
    if (!asked) {
        const auto kept = refuse(*situation->journal, "environment", asked.error());
        return fail(kept.error());
    }
    gates.insert(gates.end(), asked->begin(), asked->end());

    RunReport report;
    report.plan = std::move(*plan);
    report.settled = situation->settlement.attempt_settled;
    if (report.plan.steps.empty()) return report;
    services.progress.plan_ready(report.plan);
    if (auto begun = begin(report, request, *situation, std::move(gates)); !begun)
        return fail(begun.error());
    if (auto done = run_steps(services, request.target, *situation, request.options.policy, report);
        !done)
        return fail(done.error());
    report.elapsed_us = static_cast<std::uint64_t>(services.clock.now_us() - began_us);
    if (auto finished = finish(report, *situation->journal); !finished)
        return fail(finished.error());
    return report;
}

}  // namespace commands
