#include "commands/run.hpp"

#include "commands/baseline.hpp"
#include "commands/database_identity.hpp"
#include "commands/owed_markers.hpp"
#include "commands/registration.hpp"
#include "commands/review.hpp"
#include "commands/run_steps.hpp"
#include "commands/run_together.hpp"
#include "commands/undertaking.hpp"
#include "commands/undo_run.hpp"
#include "commands/validate.hpp"
#include "ledger/fail_point.hpp"
#include "ledger/listed.hpp"

#include <utility>

namespace commands {

using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t accepted_named_max = 10;

// What --out-of-order lets through is named: it is a person's decision.
std::string agreement(const std::vector<Difference>& let_through) {
    if (let_through.empty()) return "ledger, markers and files agree";
    std::vector<std::string> versions;
    for (const Difference& difference : let_through) versions.push_back(difference.version.text);
    return std::string{forced_prefix} +
           ": out of order: " + ledger::listed(versions, accepted_named_max);
}

// Which failures are tried again that otherwise would stop the run.
std::optional<ledger::GateVerdict> retry_gate(const AttemptPolicy& policy) {
    if (policy.retry_on.empty()) return std::nullopt;
    std::string text;
    for (const std::string& sqlstate : policy.retry_on)
        text += (text.empty() ? "" : ", ") + sqlstate;
    return ledger::GateVerdict{"retry", true, "tried again on " + text};
}

// By ledger and files nothing is to be done or settled.
bool seems_at_rest(const RunRequest& request, const Situation& situation) {
    const auto& state = situation.known.state;
    return !state.open_run && !owes_markers(state) &&
           (request.is_up_to_date || is_up_to_date(state, *request.folder)) &&
           check_same_database(state, situation.facts, request.target);
}

struct Looked {
    std::vector<Difference> differences;
    bool may_take_baseline{};
};

// `files_agree`: the folder has been held against the ledger already.
Result<Looked> look_at_target(Services& services, const RunRequest& request,
                              const Situation& situation, bool files_agree) {
    const auto scene = look(services.store, *situation.database);
    if (!scene) return fail(scene.error());
    const Standing standing{situation.known.state, scene->markers, situation.facts, request.target,
                            scene->ledger};
    auto differences = files_agree ? target_differences(standing)
                                   : reconcile(standing, *request.folder).differences;
    return Looked{std::move(differences), may_take_baseline(standing)};
}

// Where the target shows nothing else either, a run only reads, and whoever has the lock may go on:
// what they have not committed is not there yet. All else is looked at again behind the lock.
Result<Looked> look_behind_lock(Services& services, const RunRequest& request,
                                Situation& situation) {
    if (seems_at_rest(request, situation)) {
        auto looked = look_at_target(services, request, situation, true);
        if (!looked || looked->differences.empty()) return looked;
    }
    if (auto settled = lock_and_settle(services, request.target, request.folder.get(), situation);
        !settled)
        return fail(settled.error());
    return look_at_target(services, request, situation, false);
}

Result<std::vector<ledger::GateVerdict>> pass_gates(Services& services, const RunRequest& request,
                                                    const std::vector<Difference>& differences,
                                                    Situation& situation) {
    Journal& journal = *situation.journal;
    if (auto valid = check_runnable(*request.folder, situation.known.state); !valid)
        return fail(refuse(journal, "validation", valid.error()));
    ledger::fail_point("reconciled");
    if (auto error =
            refusal(with_lost_texts(services.store, differences), request.options.out_of_order))
        return fail(refuse(journal, "reconcile", *error));
    std::vector<ledger::GateVerdict> gates{{"validation", true, "the files can be run"},
                                           {"reconcile", true, agreement(differences)}};
    if (auto retried = retry_gate(request.options.policy)) gates.push_back(std::move(*retried));
    return gates;
}

Result<void> read_left_out(Services& services, const Plan& plan, Known& known) {
    if (plan.steps.empty() || !known.registered.empty()) return {};
    auto registered = projections::read_registered(services.rows);
    if (!registered) return fail(registered.error());
    known.registered = std::move(*registered);
    return {};
}

// Mostly no tool has ever been here, and a question in the session that is there tells so.
ReadOtherHistory where_there_is_one(const ReadOtherHistory& read, TargetDatabase& database) {
    using namespace migrations::bookkeeping;
    if (!read) return {};
    return [&](const Wanted& wanted) -> Result<History> {
        if (wanted == Wanted{}) {
            const auto found = database.has_relation_named(names_to_look_for(wanted));
            if (!found) return fail(found.error());
            if (!*found)
                return fail(ledger::Code::refused, "import-table-missing",
                            "no table of another tool is there");
        }
        return read(wanted);
    };
}

Result<void> pass_history(const RunRequest& request, Situation& situation,
                          std::vector<ledger::GateVerdict>& gates) {
    auto checked =
        check_other_history(where_there_is_one(request.other_history, *situation.database),
                            situation.known.state, request.options.despite_history);
    if (!checked && checked.error().code == ledger::Code::unavailable) return fail(checked.error());
    if (!checked) return fail(refuse(*situation.journal, "history", checked.error()));
    if (*checked) gates.push_back(**std::move(checked));
    return {};
}

Result<std::optional<projections::TargetState>> stage_state(const Services& services,
                                                            const RunOptions& options) {
    if (!options.after) return std::nullopt;
    auto state = projections::read_target_state(services.rows, *options.after);
    if (!state) return fail(state.error());
    return std::optional{std::move(*state)};
}

Result<Plan> make_plan(Services& services, const RunRequest& request, Situation& situation,
                       std::vector<ledger::GateVerdict>& gates, PlanJudgement& judgement) {
    auto plan = plan_run(situation.known.state, request.target.target, request.folder,
                         request.options, text_finder(services.store));
    if (!plan && plan.error().reason.starts_with("version-")) return plan;
    if (!plan) return fail(refuse(*situation.journal, "plan", plan.error()));
    if (auto read = read_left_out(services, *plan, situation.known); !read)
        return fail(read.error());
    // Takes time, and what is waited for next may be on its way on another session.
    judgement = judge_plan(*plan, *request.folder, request.options.rules,
                           request.options.initial_settings, &situation.facts);
    if (!plan->steps.empty())
        if (auto passed = pass_history(request, situation, gates); !passed)
            return fail(passed.error());
    const auto before = stage_state(services, request.options);
    if (!before) return fail(before.error());
    auto asked = environment_gates(*plan, *before, request.options);
    if (!asked) return fail(refuse(*situation.journal, "environment", asked.error()));
    gates.insert(gates.end(), asked->begin(), asked->end());
    auto judged = pass_judgement(*plan, *request.folder, situation.known.registered, judgement,
                                 request.options.required, services.store);
    if (!judged) return fail(refuse(*situation.journal, "judgement", judged.error()));
    gates.insert(gates.end(), judged->begin(), judged->end());
    if (request.options.undo_on_failure && !plan->steps.empty()) {
        auto back =
            check_way_back(*plan, situation.known, request.folder, kept_scripts(services.store));
        if (!back) return fail(refuse(*situation.journal, "on-failure", back.error()));
        gates.push_back(std::move(*back));
    }
    if (request.options.together && !plan->steps.empty()) {
        auto shared = check_together(*plan);
        if (!shared) return fail(refuse(*situation.journal, "transaction", shared.error()));
        gates.push_back(std::move(*shared));
    }
    ledger::fail_point("gates-passed");
    return plan;
}

Result<void> begin(RunReport& report, const RunRequest& request, Situation& situation,
                   std::vector<ledger::GateVerdict> gates, PlanJudgement judgement) {
    if (auto made = situation.database->prepare_markers(); !made) return made;
    ledger::fail_point("markers-prepared");
    auto kept = undertake(report, situation, *request.folder, &judgement);
    if (!kept) return fail(kept.error());
    judgement = {};  // recorded; what it took is for the steps
    Journal& journal = *situation.journal;
    if (auto target = target_registration(situation.known.state, situation.facts, request.target))
        journal.hold(std::move(*target));
    journal.hold(ledger::RunStarted{request.target.target, kept->reference,
                                    static_cast<std::uint32_t>(report.plan.steps.size()),
                                    std::move(gates), situation.facts.version},
                 std::move(kept->contents));
    ledger::fail_point("run-held");
    return {};
}

Result<void> finish_run(const RunReport& report, Journal& journal) {
    const StepCounts counts = counts_of(report);
    ledger::fail_point("before-run-finished");
    const auto finished =
        journal.append({ledger::RunFinished{journal.target(), outcome_of(report.end), counts.done,
                                            counts.failed, counts.skipped, report.elapsed_us}});
    ledger::fail_point("run-finished");
    return finished;
}

// Of another tool's history: what nobody had to override.
std::vector<std::string> notes_on(const std::vector<ledger::GateVerdict>& gates) {
    std::vector<std::string> notes;
    for (const ledger::GateVerdict& gate : gates)
        if (gate.gate == "history" && !is_overridden(gate)) notes.push_back(gate.detail);
    return notes;
}

}  // namespace

Result<RunReport> run(Services& services, RunRequest request) {
    const std::int64_t began_us = services.clock.now_us();
    auto situation = approach(services, request.target, std::exchange(request.known, std::nullopt));
    if (!situation) return fail(situation.error());
    const auto looked = look_behind_lock(services, request, *situation);
    if (!looked) return fail(looked.error());
    auto gates = pass_gates(services, request, looked->differences, *situation);
    if (!gates) return fail(gates.error());
    PlanJudgement judgement;
    auto plan = make_plan(services, request, *situation, *gates, judgement);
    if (!plan) return fail(plan.error());

    RunReport report;
    report.plan = std::move(*plan);
    report.settled = situation->settlement.attempt_settled;
    report.is_first_here = looked->may_take_baseline;
    if (report.plan.steps.empty()) return report;
    report.notes = notes_on(*gates);
    if (const auto note = note_on_rules(judgement, request.options.required))
        services.progress.note("Note: " + *note + ".");
    services.progress.plan_ready(report.plan);
    if (auto begun = begin(report, request, *situation, std::move(*gates), std::move(judgement));
        !begun)
        return fail(begun.error());
    const auto apply = request.options.together ? run_together : run_steps;
    if (auto done = apply(services, request.target, *situation, request.options.policy, report);
        !done)
        return fail(done.error());
    report.elapsed_us = static_cast<std::uint64_t>(services.clock.now_us() - began_us);
    // Its attempts are known to nobody but its plan: that of an open run is asked.
    if (report.together && report.end == RunEnd::in_doubt) return report;
    if (auto finished = finish_run(report, *situation->journal); !finished)
        return fail(finished.error());
    if (is_to_undo(report, request.options)) undo_run(services, request, *situation, report);
    return report;
}

}  // namespace commands
