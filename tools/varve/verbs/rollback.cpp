#include "commands/rollback.hpp"

#include "tools/varve/confirmation.hpp"
#include "tools/varve/run_console.hpp"
#include "tools/varve/run_request.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/switches.hpp"
#include "tools/varve/verbs.hpp"

namespace tools::varve {

using ledger::fail;
using ledger::Result;

namespace {

std::string what(const RollbackVerbOptions& options) {
    if (options.to) return *options.to == "0" ? "everything" : "everything after " + *options.to;
    if (options.only.empty()) return std::to_string(options.steps.value_or(1)) + " migrations";
    std::string names;
    for (const std::string& version : options.only) names += (names.empty() ? "" : ", ") + version;
    return names;
}

// Undoing more than one migration is asked about, where there is somebody to ask.
Result<void> agreed(const Invocation& invocation, const Console& console,
                    const RollbackVerbOptions& options, const std::string& target) {
    const bool more_than_one =
        options.to || options.steps.value_or(1) > 1 || options.only.size() > 1;
    if (invocation.yes || !more_than_one || !can_ask(console)) return {};
    return ask("Undo " + what(options) + " on " + target + "?");
}

}  // namespace

VerbResult rollback(const Invocation& invocation, const Console& console,
                    const RollbackVerbOptions& options) {
    if (is_switched_on("MIGRATION_DRY_RUN")) {
        console.note("MIGRATION_DRY_RUN=true: only showing what would be done");
        return dry_run(invocation, console, {true, {}, options, false});
    }
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    const auto request = rollback_request(*configuration, options, invocation.reason);
    if (!request) return fail(request.error());
    if (auto yes = agreed(invocation, console, options, configuration->environment); !yes)
        return fail(yes.error());

    RunConsole watching{console, *configuration};
    auto writing = Writing::open(invocation, *configuration, false, watching);
    if (!writing) return fail(writing.error());
    const auto report = commands::rollback((*writing)->services(), *request);
    if (!report) return fail(report.error());
    conclude(invocation, console, *report, configuration->environment, watching.notes());
    return exit_code_of(*report);
}

}  // namespace tools::varve
