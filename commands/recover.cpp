#include "commands/recover.hpp"

#include "commands/owed_markers.hpp"

#include <utility>

namespace commands {

using ledger::fail;
using ledger::Result;

Result<RecoverReport> recover(Services& services, const TargetRequest& request,
                              const migrations::Folder* folder) {
    auto known = read_known(services.store, services.rows, request.target);
    if (!known) return fail(known.error());
    if (!known->state.open_attempt && !known->state.open_run && !owes_markers(known->state))
        return RecoverReport{};
    RecoverReport report;
    if (const auto& attempt = known->state.open_attempt)
        report.examination = examine(*attempt, find_script(services.store, folder, *attempt));
    auto situation = enter(services, request, folder);
    if (!situation) return fail(situation.error());
    report.settlement = std::move(situation->settlement);
    return report;
}

}  // namespace commands
