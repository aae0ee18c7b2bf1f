// commands/rollback.hpp: undoes what was applied, newest first, by the down scripts.
//
// Pure     plan_rollback() decides which and in what order; rollback() acts.
// Scripts  the folder's; where its file is gone, the one the ledger keeps.
// Refuses  "down-missing" before anything is touched, naming every one; "version-not-applied";
//          "validation-failed" (of a down script it needs); "difference-*"; "run-unfinished" where
//          an interrupted run has to be finished first.
// Records  RollbackStarted, attempts with direction down, RollbackFinished.
#pragma once

#include "commands/run.hpp"
#include "commands/services.hpp"
#include "commands/situation.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace commands {

// Everything newer than `to`, which stays; the version "0": everything. Without it, the newest
// `steps`.
struct RollbackOptions {
    std::optional<ledger::Version> to;
    std::uint32_t steps{1};
    AttemptPolicy policy;
};

struct RollbackRequest {
    TargetRequest target;
    std::shared_ptr<const migrations::Folder> folder;
    RollbackOptions options;
};

// The down script that the ledger keeps of a migration, where it keeps one.
using FindDown = std::function<std::optional<migrations::Script>(const projections::Registered&)>;

[[nodiscard]] FindDown down_finder(const ledger::Reader& reader);

struct KeptScripts {
    FindDown down;
    FindText text;
};
[[nodiscard]] KeptScripts kept_scripts(const ledger::Reader& reader);

[[nodiscard]] ledger::Result<Plan> plan_rollback(
    const Known& known, const ledger::Target& target,
    const std::shared_ptr<const migrations::Folder>& folder, const RollbackOptions& options,
    const KeptScripts& find);

[[nodiscard]] ledger::Result<RunReport> rollback(Services& services,
                                                 const RollbackRequest& request);

}  // namespace commands
