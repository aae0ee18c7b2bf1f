// commands/safeguards.hpp: what an environment asks for before a run or a rollback changes it.
//
// Refuses  whatever this version cannot yet keep, rather than to leave it out in silence.
#pragma once

#include "ledger/identity.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <string>

namespace commands {

struct Safeguards {
    std::uint32_t approvals{};
    bool backup{};
    // What asks for them: a setting or a variable, as the help names it.
    std::string approvals_asked_by{"the setting \"approvals\""};
    std::string backup_asked_by{"the setting \"backup\""};
};

// "approval-missing", "backup-missing".
[[nodiscard]] ledger::Result<void> check_safeguards(const ledger::Target& target,
                                                    const Safeguards& safeguards);

}  // namespace commands
