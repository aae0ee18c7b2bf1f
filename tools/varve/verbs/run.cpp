#include "commands/run.hpp"

#include "tools/varve/run_console.hpp"
#include "tools/varve/run_request.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/verbs.hpp"

#include <cstdlib>
#include <string_view>

namespace tools::varve {

using ledger::fail;

namespace {

bool switched_on(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
    return value != nullptr && std::string_view{value} == "true";
}

}  // namespace

VerbResult run(const Invocation& invocation, const Console& console,
               const RunVerbOptions& options) {
    if (switched_on("MIGRATION_VALIDATE_ONLY")) {
        console.note("MIGRATION_VALIDATE_ONLY=true: only validating");
        return validate(invocation, console, {});
    }
    if (switched_on("MIGRATION_DRY_RUN")) {
        console.note("MIGRATION_DRY_RUN=true: only showing what would be done");
        return dry_run(invocation, console, {false, options, {}, false});
    }
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    for (const std::string& text : configuration->notes) console.note(text);
    const auto request = run_request(*configuration, options);
    if (!request) return fail(request.error());
    for (const auto& diagnostic : request->folder->diagnostics)
        if (worth_telling(diagnostic, invocation))
            console.diagnostic(diagnostic, configuration->migrations);

    RunConsole watching{console, *configuration};
    auto writing = Writing::open(invocation, *configuration, options.init, watching);
    if (!writing) return fail(writing.error());
    const auto report = commands::run((*writing)->services(), *request);
    if (!report) return fail(report.error());
    conclude(invocation, console, *report, configuration->environment);
    return exit_code_of(*report);
}

}  // namespace tools::varve
