// commands/rollback.hpp: undoes what was applied, newest first, by the down scripts.
//
// Pure     plan_rollback() decides which and in what order; rollback() acts.
// Scripts  the folder's; where its file is gone, or stands beside another up script than the one
//          that is applied, the one the ledger keeps with that, unless it has placeholders.
// Refuses  before anything is touched: "down-missing" and "down-irreversible", naming every one,
//          "difference-changed" where none of what is applied is to be had;
//          "later-depends" and "down-cascades" where something applied later stays;
//          "version-not-applied"; "validation-failed" (of a down script it needs); "difference-*";
//          "run-unfinished", "rollback-unfinished" where half-done work has to be finished first.
// Leaves   repeatable migrations and baselines as they are: they have no way back.
// Records  RollbackStarted, attempts with direction down, RollbackFinished.
#pragma once

#include "commands/run.hpp"
#include "commands/safeguards.hpp"
#include "commands/services.hpp"
#include "commands/situation.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commands {

// `only`: these, wherever they stand. Else everything newer than `to`, which stays; the version
// "0": everything. Else the newest `steps`. Versions are found as find_version() does.
struct RollbackOptions {
    std::optional<ledger::Version> to;
    std::uint32_t steps{1};
    std::vector<ledger::Version> only;
    bool despite_dependents{};  // what stays may depend on what is undone: a person's word
    AttemptPolicy policy;
    Safeguards safeguards;
};

struct RollbackRequest {
    TargetRequest target;
    std::shared_ptr<const migrations::Folder> folder;
    RollbackOptions options;
};

// Behind the path of such a script, in messages and plans.
inline constexpr std::string_view kept_by_ledger = " (kept by the ledger)";

// The down script that the ledger keeps of a migration, where it keeps one that can be run as it
// is: the values of placeholders are not kept.
using FindDown = std::function<std::optional<migrations::Script>(const projections::Registered&)>;

// A script that the ledger keeps, by its digest; `path` is what it is called.
using FindKept = std::function<std::optional<migrations::Script>(const std::string& path,
                                                                 const ledger::Digest& digest)>;

// A migration as it was when it was registered with that up script; nothing: it never was.
using FindRegistered = std::function<std::optional<projections::Registered>(
    const projections::Registered& newest, const ledger::Digest& up)>;

struct KeptScripts {
    FindDown down;
    FindText text;
    FindKept kept;
    FindRegistered registered;
    // Why one of them could not read the ledger, the first time: then "nothing" says nothing.
    std::shared_ptr<std::optional<ledger::Error>> unread;

    [[nodiscard]] ledger::Result<void> all_read() const;
};
[[nodiscard]] KeptScripts kept_scripts(const ledger::Reader& reader);

struct RollbackPlan {
    Plan plan;
    std::vector<ledger::GateVerdict> gates;
    std::vector<std::string> notes;  // for the person: what is left as it is
};

[[nodiscard]] ledger::Result<RollbackPlan> plan_rollback(
    const Known& known, const ledger::Target& target,
    const std::shared_ptr<const migrations::Folder>& folder, const RollbackOptions& options,
    const KeptScripts& find);

// The down steps of these versions, in that order: the folder's scripts, else the ledger's.
// Refuses "down-missing", "down-irreversible", naming every one; "resumed-script-changed".
[[nodiscard]] ledger::Result<std::vector<Step>> down_steps(
    const Known& known, const std::shared_ptr<const migrations::Folder>& folder,
    const std::vector<ledger::Version>& versions, const KeptScripts& find);

// "validation-failed" where a script of the plan has errors in the folder.
[[nodiscard]] ledger::Result<void> check_scripts(const migrations::Folder& folder,
                                                 const Plan& plan);

// A plan carried out under the target's lock, from RollbackStarted to RollbackFinished.
[[nodiscard]] ledger::Result<RunReport> undo_plan(Services& services,
                                                  const RollbackRequest& request,
                                                  Situation& situation, RollbackPlan plan);

[[nodiscard]] ledger::Result<RunReport> rollback(Services& services,
                                                 const RollbackRequest& request);

}  // namespace commands
