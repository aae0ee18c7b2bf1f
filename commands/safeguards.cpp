#include "commands/safeguards.hpp"

namespace commands {

using ledger::Code;
using ledger::fail;

ledger::Result<void> check_safeguards(const ledger::Target& target, const Safeguards& safeguards) {
    if (safeguards.approvals > 0)
        return fail(Code::refused, "approval-missing",
                    "\"" + target.name + "\" asks for " + std::to_string(safeguards.approvals) +
                        (safeguards.approvals == 1 ? " approval" : " approvals") +
                        ", and this version of varve cannot record any",
                    "take " + safeguards.approvals_asked_by + " away to go on without them");
    if (safeguards.backup)
        return fail(Code::refused, "backup-missing",
                    "\"" + target.name +
                        "\" asks for a backup before anything changes it, and this version of "
                        "varve cannot make one",
                    "take " + safeguards.backup_asked_by + " away, and make the backup yourself");
    return {};
}

}  // namespace commands
