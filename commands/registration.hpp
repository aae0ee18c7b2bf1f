// commands/registration.hpp: which migrations of a plan the ledger must first be told of.
//
// Pure     MigrationRegistered for what it has never seen, MigrationRevised for what it knows with
//          other bytes. Scripts go along as content, so history can be replayed without the files.
// Refuses  "secret-in-script", before anything is told.
// Limits   split in appends of a few hundred, each durable before the run begins.
#pragma once

#include "commands/plan.hpp"
#include "commands/plan_judgement.hpp"
#include "commands/situation.hpp"
#include "ledger/result.hpp"
#include "migrations/migration.hpp"

#include <string>
#include <vector>

namespace commands {

// With what the rules have found in it, where that is given.
[[nodiscard]] ledger::Result<void> register_plan(Journal& journal, const Plan& plan,
                                                 const migrations::Folder& folder,
                                                 const RegisteredMigrations& registered,
                                                 const PlanJudgement* judgement = nullptr);

// The same of any migrations of a folder of that layout.
[[nodiscard]] ledger::Result<void> register_migrations(
    Journal& journal, const std::vector<const migrations::Migration*>& migrations,
    const std::string& layout, const RegisteredMigrations& registered,
    const PlanJudgement* judgement = nullptr);

// The target itself, where the ledger does not know it so.
[[nodiscard]] std::optional<ledger::Event> target_registration(
    const projections::TargetState& state, const ServerFacts& facts, const TargetRequest& request);

}  // namespace commands
