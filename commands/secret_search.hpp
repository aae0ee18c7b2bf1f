// commands/secret_search.hpp: which migrations nobody has searched for secrets yet.
#pragma once

#include "commands/plan_judgement.hpp"
#include "migrations/migration.hpp"

#include <vector>

namespace commands {

// Whoever judges a migration searches it. Those in which something was found are among them, since
// whether the ledger has kept their scripts already is not known then.
[[nodiscard]] std::vector<const migrations::Migration*> still_to_search(
    const std::vector<const migrations::Migration*>& migrations, const PlanJudgement& judgement);

}  // namespace commands
