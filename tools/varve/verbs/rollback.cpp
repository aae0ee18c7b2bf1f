#include "commands/rollback.hpp"

#include "tools/varve/run_console.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/verbs.hpp"

#include <cstdlib>
#include <iostream>
#include <string_view>
#include <unistd.h>

namespace tools::varve {

using ledger::Code;
using ledger::fail;

namespace {

ledger::Result<void> check_allowed() {
    const char* value = std::getenv("MIGRATION_ROLLBACK_ENABLED");  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr || std::string_view{value} != "false") return {};
    return fail(Code::refused, "policy",
                "rollback is turned off by MIGRATION_ROLLBACK_ENABLED=false",
                "unset it where a rollback is wanted");
}

// Undoing more than one migration is asked about, where there is somebody to ask.
bool agreed(const Invocation& invocation, const Console& console,
            const RollbackVerbOptions& options, const std::string& target) {
    const bool more_than_one = options.to || options.steps.value_or(1) > 1;
    if (invocation.yes || !more_than_one || isatty(STDIN_FILENO) != 1 || !console.terminal())
        return true;
    std::cerr << "Undo "
              << (options.to ? "everything after " + *options.to
                             : std::to_string(*options.steps) + " migrations")
              << " on " << target << "? [y/N] " << std::flush;
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace

VerbResult rollback(const Invocation& invocation, const Console& console,
                    const RollbackVerbOptions& options) {
    if (auto allowed = check_allowed(); !allowed) return fail(allowed.error());
    if (options.to && options.steps)
        return fail(Code::refused, "usage", "--to and --steps say different things",
                    "give one of them");
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    auto target = target_request(*configuration);
    if (!target) return fail(target.error());
    auto folder = load_folder(*configuration);
    if (!folder) return fail(folder.error());
    if (!agreed(invocation, console, options, configuration->environment)) {
        console.note("Nothing was done.");
        return ExitCode::fine;
    }

    commands::RollbackRequest request{std::move(*target), std::move(*folder), {}};
    if (options.to) request.options.to = ledger::Version{*options.to};
    request.options.steps = options.steps.value_or(1);
    request.options.policy = {configuration->lock_retries, options.strict_transactions};
    RunConsole watching{console, *configuration};
    auto writing = Writing::open(invocation, *configuration, false, watching);
    if (!writing) return fail(writing.error());
    const auto report = commands::rollback((*writing)->services(), request);
    if (!report) return fail(report.error());
    conclude(invocation, console, *report, configuration->environment);
    return exit_code_of(*report);
}

}  // namespace tools::varve
