// commands/safeguards.hpp: what an environment asks for before a run or a rollback changes it.
//
// Refuses  whatever this version cannot yet keep, rather than to leave it out in silence.
#pragma once

#include "ledger/identity.hpp"
#include "ledger/result.hpp"

#include <cstdint>

namespace commands {

struct Safeguards {
    std::uint32_t approvals{};
    bool backup{};
};

// "approval-missing", "backup-missing".
[[nodiscard]] ledger::Result<void> check_safeguards(const ledger::Target& target,
                                                    const Safeguards& safeguards);

}  // namespace commands
