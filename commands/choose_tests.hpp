// commands/choose_tests.hpp: which migrations are tested, and on what they come.
//
// Pending  on the history of the target; a migration that stands half applied is tested whole.
// Chosen   one that is applied comes on those before it in the folder, from an empty database.
// All      the whole folder, from an empty database.
// Refuses  "version-unknown", "version-ambiguous".
#pragma once

#include "commands/replay_sql.hpp"
#include "commands/test_suites.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"
#include "projections/target_state.hpp"

#include <optional>
#include <vector>

namespace commands {

struct TestChoice {
    std::optional<ledger::Version> migration;
    bool all{};
};

// `state` may be null: there is no ledger. The folder must outlive the order.
[[nodiscard]] ledger::Result<TestOrder> choose_tests(const migrations::Folder& folder,
                                                     const projections::TargetState* state,
                                                     const std::vector<ReplayedScript>& history,
                                                     const TestChoice& choice);

}  // namespace commands
