#include "tools/varve/run_request.hpp"

#include "tools/varve/session.hpp"

namespace tools::varve {

using ledger::fail;

ledger::Result<commands::RunRequest> run_request(const Configuration& configuration,
                                                 const RunVerbOptions& options) {
    auto target = target_request(configuration);
    if (!target) return fail(target.error());
    auto folder = load_folder(configuration);
    if (!folder) return fail(folder.error());
    commands::RunRequest request{std::move(*target), std::move(*folder), {}};
    if (options.to) request.options.to = ledger::Version{*options.to};
    request.options.count = options.count;
    request.options.out_of_order = options.out_of_order || configuration.any_order;
    request.options.policy = {configuration.lock_retries, options.strict_transactions};
    if (configuration.after) request.options.after = ledger::Target{*configuration.after};
    request.options.approvals = configuration.approvals;
    request.options.backup = configuration.backup;
    return request;
}

bool worth_telling(const migrations::Diagnostic& diagnostic, const Invocation& invocation) {
    if (invocation.verbose) return true;
    return !diagnostic.concerns_down && diagnostic.severity != migrations::Severity::note;
}

}  // namespace tools::varve
