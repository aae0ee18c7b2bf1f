#include "commands/run.hpp"

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::GateVerdict;
using ledger::Result;

namespace {

using StageState = std::optional<projections::TargetState>;

// With the very text that is planned: another one has proved nothing of it.
bool is_applied(const Step& step, const StageState& before) {
    if (!before) return false;
    const auto* application = before->application_of(step.entry.version);
    return application != nullptr && application->digest == step.entry.digest;
}

bool has_another_text(const Step& step, const StageState& before) {
    return before && before->application_of(step.entry.version) != nullptr;
}

Result<GateVerdict> stage(const Plan& plan, const StageState& before, const ledger::Target& after) {
    for (const Step& step : plan.steps)
        if (!is_applied(step, before))
            return fail(Code::refused, "stage-missing",
                        step.entry.path +
                            (has_another_text(step, before) ? ", as it is now, is not applied on \""
                                                            : " is not applied on \"") +
                            after.name + "\", which comes before \"" + plan.target.name + "\"",
                        "run it there first: varve run --env " + after.name +
                            "; where there is no such environment, correct `after`");
    return GateVerdict{"stage", true, "everything is applied on " + after.name};
}

}  // namespace

Result<std::vector<GateVerdict>> environment_gates(const Plan& plan, const StageState& before,
                                                   const RunOptions& options) {
    std::vector<GateVerdict> gates;
    if (plan.steps.empty()) return gates;
    if (options.after) {
        auto verdict = stage(plan, before, *options.after);
        if (!verdict) return fail(verdict.error());
        gates.push_back(std::move(*verdict));
    }
    if (auto kept = check_safeguards(plan.target, options.safeguards); !kept)
        return fail(kept.error());
    return gates;
}

}  // namespace commands
