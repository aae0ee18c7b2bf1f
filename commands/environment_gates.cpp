#include "commands/run.hpp"

#include <algorithm>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::GateVerdict;
using ledger::Result;

namespace {

bool applied_on(const Step& step, const RegisteredMigrations& registered,
                const ledger::Target& target) {
    const auto found = registered.find(step.entry.version);
    if (found == registered.end()) return false;
    const auto& targets = found->second.applied_on;
    return std::find(targets.begin(), targets.end(), target) != targets.end() &&
           found->second.up.digest == step.entry.digest;
}

Result<GateVerdict> stage(const Plan& plan, const RegisteredMigrations& registered,
                          const ledger::Target& after) {
    for (const Step& step : plan.steps)
        if (!applied_on(step, registered, after))
            return fail(Code::refused, "stage-missing",
                        step.entry.path + " is not applied on \"" + after.name +
                            "\", which comes before \"" + plan.target.name + "\"",
                        "run it there first: varve run --env " + after.name);
    return GateVerdict{"stage", true, "everything is applied on " + after.name};
}

}  // namespace

Result<std::vector<GateVerdict>> environment_gates(const Plan& plan,
                                                   const RegisteredMigrations& registered,
                                                   const RunOptions& options) {
    std::vector<GateVerdict> gates;
    if (plan.steps.empty()) return gates;
    if (options.after) {
        auto verdict = stage(plan, registered, *options.after);
        if (!verdict) return fail(verdict.error());
        gates.push_back(std::move(*verdict));
    }
    if (options.approvals > 0)
        return fail(Code::refused, "approval-missing",
                    "\"" + plan.target.name + "\" asks for " + std::to_string(options.approvals) +
                        " approvals, and this version of varve cannot record any",
                    "take the setting \"approvals\" away to run without them");
    if (options.backup)
        return fail(Code::refused, "backup-missing",
                    "\"" + plan.target.name +
                        "\" asks for a backup before a run, and this version of varve cannot "
                        "make one",
                    "take the setting \"backup\" away, and make the backup yourself");
    return gates;
}

}  // namespace commands
