#include "tools/varve/run_request.hpp"

#include "tools/varve/other_bookkeeping.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/switches.hpp"

namespace tools::varve {

using ledger::Code;
using ledger::fail;

namespace {

ledger::Result<void> rollback_allowed() {
    if (!is_switched_off("MIGRATION_ROLLBACK_ENABLED")) return {};
    return fail(Code::refused, "policy",
                "rollback is turned off by MIGRATION_ROLLBACK_ENABLED=false",
                "unset it where a rollback is wanted");
}

ledger::Result<void> check_options(const RollbackVerbOptions& options,
                                   const std::optional<std::string>& reason) {
    const int ways =
        (options.to ? 1 : 0) + (options.steps ? 1 : 0) + (options.only.empty() ? 0 : 1);
    if (ways > 1)
        return fail(Code::refused, "usage", "--to, --steps and --only say different things",
                    "give one of them");
    if (options.despite_dependents && reason.value_or("").empty())
        return fail(Code::refused, "reason-missing", "--despite-dependents needs --reason",
                    "say why what depends on it may stay: it is kept with the events");
    return {};
}

}  // namespace

ledger::Result<commands::RunRequest> run_request(const Configuration& configuration,
                                                 const RunVerbOptions& options,
                                                 std::shared_ptr<const migrations::Folder> folder,
                                                 const std::optional<std::string>& reason) {
    if (options.despite_history && reason.value_or("").empty())
        return fail(Code::refused, "reason-missing", "--despite-history needs --reason",
                    "say why what it has applied does not count: it is kept with the events");
    const bool undoes = options.on_failure == "rollback";
    if (auto allowed = rollback_allowed(); undoes && !allowed) return fail(allowed.error());
    auto target = target_request(configuration);
    if (!target) return fail(target.error());
    commands::RunRequest request{std::move(*target), std::move(folder), {}};
    if (options.to) request.options.to = ledger::Version{*options.to};
    request.options.count = options.count;
    request.options.out_of_order = options.out_of_order || configuration.any_order;
    request.options.despite_history = options.despite_history;
    request.options.undo_on_failure = undoes;
    request.options.together = options.transaction == "all";
    request.options.policy = {configuration.lock_retries, options.strict_transactions,
                              configuration.retry_on};
    if (configuration.after) request.options.after = ledger::Target{*configuration.after};
    request.options.safeguards = configuration.safeguards;
    request.options.required = configuration.required;
    request.options.rules = configuration.rules;
    request.options.initial_settings = initial_settings(configuration);
    if (configuration.url && request.folder)
        request.other_history = other_history_of(configuration);
    return request;
}

ledger::Result<commands::RollbackRequest> rollback_request(
    const Configuration& configuration, const RollbackVerbOptions& options,
    const std::optional<std::string>& reason) {
    if (auto allowed = rollback_allowed(); !allowed) return fail(allowed.error());
    if (auto valid = check_options(options, reason); !valid) return fail(valid.error());
    auto target = target_request(configuration);
    if (!target) return fail(target.error());
    auto folder = load_folder(configuration);
    if (!folder) return fail(folder.error());
    commands::RollbackRequest request{std::move(*target), std::move(*folder), {}};
    if (options.to) request.options.to = ledger::Version{*options.to};
    request.options.steps = options.steps.value_or(1);
    for (const std::string& version : options.only) request.options.only.push_back({version});
    request.options.despite_dependents = options.despite_dependents;
    request.options.safeguards = configuration.safeguards;
    request.options.policy = {configuration.lock_retries, options.strict_transactions,
                              configuration.retry_on};
    return request;
}

bool worth_telling(const migrations::Diagnostic& diagnostic, const Invocation& invocation) {
    if (invocation.verbose) return true;
    return !diagnostic.concerns_down && diagnostic.severity != migrations::Severity::note;
}

std::string note_of(const migrations::Diagnostic& diagnostic) {
    const std::string line = diagnostic.line == 0 ? "" : ":" + std::to_string(diagnostic.line);
    return (diagnostic.file.empty() ? "" : diagnostic.file + line + ": ") + diagnostic.message +
           " (" + diagnostic.rule + ")";
}

void tell_of_empty(const migrations::Folder& folder, const Invocation& invocation,
                   const Console& console) {
    if (!folder.migrations.empty()) return;
    for (const migrations::Diagnostic& each : folder.diagnostics)
        if (each.severity == migrations::Severity::warning && worth_telling(each, invocation))
            console.diagnostic(each, {});
}

}  // namespace tools::varve
