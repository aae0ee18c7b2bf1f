#include "commands/undo_run.hpp"

#include "commands/dependents.hpp"
#include "commands/down_step.hpp"
#include "commands/rollback_choice.hpp"
#include "commands/undertaking.hpp"
#include "ledger/listed.hpp"

#include <algorithm>

namespace commands {

using ledger::fail;
using ledger::Result;
using ledger::Version;

namespace {

std::vector<Version> applied_by(const projections::TargetState& state, const ledger::Uuid& run) {
    std::vector<Version> versions;
    for (auto version = state.applied_order.rbegin(); version != state.applied_order.rend();
         ++version)
        if (const auto& applied = state.migrations.at(*version).applied; applied->run == run)
            versions.push_back(*version);
    return versions;
}

// After a lost connection another run may have been here: then what it built stays whole.
Result<RollbackPlan> plan_undoing(const Services& services, const RunRequest& request,
                                  const Known& known, const ledger::Uuid& run) {
    if (auto whole = check_nothing_half_applied(known.state); !whole) return fail(whole.error());
    const KeptScripts find = kept_scripts(services.store);
    auto steps = down_steps(known, request.folder, applied_by(known.state, run), find);
    if (!steps) return fail(steps.error());
    RollbackPlan answer{
        {request.target.target, ledger::Direction::down, std::move(*steps)}, {}, {}};
    auto dependents = check_dependents(known, *request.folder, answer.plan, {}, find);
    if (!dependents) return fail(dependents.error());
    answer.gates = {{"on-failure", true, "run " + ledger::to_text(run) + " failed"},
                    {"down-scripts", true, "there is one for every migration"}};
    if (*dependents) answer.gates.push_back(std::move(**dependents));
    return answer;
}

// A repeatable takes its earlier text's place, which nobody keeps as a way back.
ledger::Error no_way_back(const std::vector<std::string>& names) {
    constexpr std::size_t named_max = 10;
    return {ledger::Code::refused, "down-missing",
            ledger::listed(names, named_max) +
                ": a repeatable has no way back, so such a run could not be undone; nothing was "
                "touched",
            "run without --on-failure rollback; or apply the versioned ones with it first, by "
            "--to V, and then the repeatables by a run without it"};
}

bool lost_connection(const RunReport& report) {
    if (!report.last) return false;
    if (report.last->end == StepEnd::in_doubt) return true;
    const auto& failure = report.last->failure;
    return failure && failure->cause == ledger::FailureCause::connection_lost;
}

Result<void> look_again(Services& services, const RunRequest& request, Situation& situation,
                        const RunReport& report) {
    if (lost_connection(report)) {
        situation.database.reset();
        auto again = enter(services, request.target, request.folder.get());
        if (!again) return fail(again.error());
        situation = std::move(*again);
        return {};
    }
    auto known = read_known(services.store, services.rows, request.target.target);
    if (!known) return fail(known.error());
    situation.known = std::move(*known);
    return {};
}

Result<RunReport> undo(Services& services, const RunRequest& request, Situation& situation,
                       const RunReport& report) {
    if (auto looked = look_again(services, request, situation, report); !looked)
        return fail(looked.error());
    auto plan = plan_undoing(services, request, situation.known, *report.run);
    if (!plan) return fail(refuse(*situation.journal, "on-failure", plan.error()));
    RollbackRequest undoing{request.target, request.folder, {}};
    undoing.options.policy = request.options.policy;
    return undo_plan(services, undoing, situation, std::move(*plan));
}

}  // namespace

Result<ledger::GateVerdict> check_way_back(const Plan& plan, const Known& known,
                                           const std::shared_ptr<const migrations::Folder>& folder,
                                           const KeptScripts& find) {
    std::vector<Version> versions;
    std::vector<std::string> repeatables;
    for (const Step& step : plan.steps) {
        versions.push_back(step.entry.version);
        const auto* migration = find_migration(*folder, step.entry.version);
        if (migration != nullptr && !migration->down &&
            migration->kind == ledger::MigrationKind::repeatable)
            repeatables.push_back("\"" + step.entry.version.text + "\"");
    }
    if (!repeatables.empty()) return fail(no_way_back(repeatables));
    auto steps = down_steps(known, folder, versions, find);
    if (!steps) return fail(steps.error());
    const Plan back{plan.target, ledger::Direction::down, std::move(*steps)};
    if (auto valid = check_scripts(*folder, back); !valid) return fail(valid.error());
    return ledger::GateVerdict{"on-failure", true, "there is a down script for every migration"};
}

bool is_to_undo(const RunReport& report, const RunOptions& options) {
    const bool failed = report.end == RunEnd::failed || report.end == RunEnd::lock_exhausted;
    return options.undo_on_failure && failed && report.done_count > 0;
}

void undo_run(Services& services, const RunRequest& request, Situation& situation,
              RunReport& report) {
    auto undone = undo(services, request, situation, report);
    if (undone)
        report.undone.push_back(std::move(*undone));
    else
        report.not_undone = undone.error();
}

}  // namespace commands
