// commands/dependents.hpp: what stands in the way of undoing a migration while later ones stay.
//
// Pure     what a migration's up script touches is held against what the later ones' scripts name,
//          as they were applied; in a Sqitch plan also against what they say they require. Rather
//          one refusal too many: that an undoing is safe can only be seen by reading.
// Refuses  "later-depends", naming migration, file, line and object; "down-cascades" where a down
//          script drops with CASCADE, which would take along what was built on it since; of
//          repeatable migrations that the newest are undone below, only the latter.
// Server   what is missed here is met by DROP itself, which refuses without CASCADE.
#pragma once

#include "commands/plan.hpp"
#include "commands/rollback.hpp"
#include "ledger/result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace commands {

// Whether every step of the plan may be undone while the rest stays; the gate's verdict, passed
// also where `despite_dependents` is said, and then with what was found. Nothing where no later
// migration stays.
[[nodiscard]] ledger::Result<std::optional<ledger::GateVerdict>> check_dependents(
    const Known& known, const migrations::Folder& folder, const Plan& plan,
    const RollbackOptions& options, const KeptScripts& find);

// Notes on down scripts that name what a repeatable migration which stays has made: what they drop
// of it, no later run makes again by itself.
[[nodiscard]] std::vector<std::string> repeatables_named(const Known& known,
                                                         const migrations::Folder& folder,
                                                         const Plan& plan,
                                                         const RollbackOptions& options,
                                                         const KeptScripts& find);

}  // namespace commands
